# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Who was allowed to boot before a restart is not known any more: all are let in again,
# until the filter has asked ironic. dnsmasq is in another container, whose processes
# this one sees.
rm --force "${IRONIC_DHCP_HOSTS_DIR:-/etc/dnsmasq/dhcp-hostsdir}"/*
pidfile=${DNSMASQ_PIDFILE:-/run/ironic/dnsmasq.pid}
if [[ -s $pidfile ]]; then
    kill -HUP "$(<"$pidfile")" || echo "There is no dnsmasq yet"
fi
