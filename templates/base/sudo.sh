#!/bin/bash
# Deployments type "sudo -E kolla_set_configs". What root's commands need of the
# environment, sudoers keeps; -E asks for all of it, and sudo refuses that to services. So
# it is left out here, which grants nothing: whoever calls /usr/bin/sudo itself is refused.
set -o errexit -o nounset

if ((EUID != 0)); then
    while [[ ${1-} = -E || ${1-} = --preserve-env ]]; do
        shift
    done
fi
exec /usr/bin/sudo "$@"
