# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Each container has keys of its own, which it keeps when it is started again.
ssh-keygen -q -A

# What letsencrypt-lego copies here, as the user whom it logs in as.
install --directory --owner=haproxy --group=haproxy --mode=0700 /var/lib/haproxy/.ssh
install --directory --owner=haproxy --group=haproxy --mode=0751 /etc/letsencrypt
install --directory --owner=haproxy --group=haproxy --mode=0755 /etc/letsencrypt/backups
