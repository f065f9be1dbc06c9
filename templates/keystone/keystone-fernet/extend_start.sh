# shellcheck shell=bash
# Sourced by kolla_extend_start.

# A deployment that has several hosts hands in what waits for the keys of the first.
if [[ -f /usr/bin/fernet-node-sync.sh ]]; then
    /usr/bin/fernet-node-sync.sh
fi
# The volume of the keys is root's at first.
chown keystone:keystone /etc/keystone/fernet-keys
