# shellcheck shell=bash
# Sourced by kolla_start.

mkdir --parents /run/openvswitch
install --directory --mode=0755 /var/log/kolla/openvswitch

if [[ -e /usr/local/bin/kolla_extend_start_service ]]; then
    # shellcheck source=/dev/null
    source kolla_extend_start_service
fi
