#!/bin/bash
# What config.json starts: libvirtd, and beside it the daemon that keeps the consoles'
# logs of machines from growing for ever.
set -o errexit -o nounset

virtlogd &
exec libvirtd --listen
