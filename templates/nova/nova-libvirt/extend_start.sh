# shellcheck shell=bash
# Sourced by kolla_extend_start.

# libvirtd writes there, as its configuration says, and does not make the directory.
install --directory --mode=0755 /var/log/kolla/libvirt
touch /var/log/kolla/libvirt/libvirtd.log
