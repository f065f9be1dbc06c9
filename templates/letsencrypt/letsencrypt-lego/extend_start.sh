# shellcheck shell=bash
# Sourced by kolla_extend_start.

install --directory --mode=0755 /var/log/kolla/letsencrypt

# The volume is shared with haproxy-ssh, where other hosts copy their certificates as
# the user haproxy, and with the web server, which reads the answers to challenges.
install --directory --owner=haproxy --group=haproxy --mode=0751 /etc/letsencrypt
install --directory --owner=haproxy --group=haproxy --mode=0755 /etc/letsencrypt/lego{,/internal,/external}
install --directory --mode=0755 /etc/letsencrypt/http-01{,/.well-known,/.well-known/acme-challenge}
