# shellcheck shell=bash
# Sourced by kolla_extend_start.

# It serves the machines of Ironic and logs beside it.
install --directory --mode=0755 /var/log/kolla/ironic

# Ironic tells dnsmasq by a signal that its files have changed, and looks here for
# the process. This shell becomes dnsmasq and keeps its number.
pid_file=${DNSMASQ_PIDFILE:-/run/ironic/dnsmasq.pid}
mkdir --parents "$(dirname "$pid_file")"
echo $$ > "$pid_file"
