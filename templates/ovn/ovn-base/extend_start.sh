# shellcheck shell=bash
# Sourced by kolla_extend_start.

mkdir --parents /run/ovn
