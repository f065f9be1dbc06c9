# shellcheck shell=bash
# Sourced by kolla_extend_start.

# The kernel may have it built in.
if [[ ! -d /sys/module/openvswitch ]]; then
    modprobe openvswitch
fi
