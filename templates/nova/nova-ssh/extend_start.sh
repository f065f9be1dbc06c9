# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Each container has host keys of its own: those that are missing are made.
ssh-keygen -A
install --directory --owner=nova --group=nova --mode=0700 /var/lib/nova/.ssh
