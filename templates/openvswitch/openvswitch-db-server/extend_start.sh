# shellcheck shell=bash
# Sourced by kolla_extend_start.

ovs_prepare_database
