# shellcheck shell=bash
# Sourced by kolla_start before it runs the service. An image that has something
# to do at that moment brings a file of its own in place of this one.
