#!/bin/bash
# Installs the projects that a developer has mounted below /dev-mode, each a folder, in
# the place of those that the image has.
set -o errexit -o nounset

shopt -s nullglob
projects=(/dev-mode/*/)
if ((${#projects[@]} == 0)); then
    exit 0
fi
if ! command -v pip > /dev/null; then
    echo "kolla_install_projects: this image has no pip; take one of type source" >&2
    exit 1
fi
kolla_pip_install "${projects[@]%/}"
