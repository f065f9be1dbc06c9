# shellcheck shell=bash
# Sourced by kolla_extend_start.

install --directory --mode=0755 /var/log/kolla/hacluster
