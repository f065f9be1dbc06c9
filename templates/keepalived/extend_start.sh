# shellcheck shell=bash
# Sourced by kolla_extend_start.

# A container that was killed leaves it behind, and keepalived would not start again.
rm --force /run/keepalived.pid
