# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Each container has host keys of its own: those that are missing are made.
ssh-keygen -A
install --directory --owner=keystone --group=keystone --mode=0700 /var/lib/keystone/.ssh
