# shellcheck shell=bash
# Sourced by kolla_extend_start.

# A container that was killed leaves it behind, and ProxySQL would not start again.
rm --force /var/lib/proxysql/proxysql.pid

kolla_proxysql_config_sync
