# shellcheck shell=bash
# Sourced by kolla_start.

# Modules are run as root, too, and all write here.
if [[ ! -e /var/log/kolla/ansible.log ]]; then
    touch /var/log/kolla/ansible.log
    chmod 0664 /var/log/kolla/ansible.log
fi
