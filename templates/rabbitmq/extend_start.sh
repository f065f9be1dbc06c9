# shellcheck shell=bash
# Sourced by kolla_start.

mkdir --parents /var/log/kolla/rabbitmq

# With KOLLA_BOOTSTRAP the container only prepares its volume.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    mkdir --parents /var/lib/rabbitmq/mnesia
    exit 0
fi
