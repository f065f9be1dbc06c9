# shellcheck shell=bash
# Sourced by kolla_extend_start.

# With KOLLA_BOOTSTRAP the container only prepares its volume, with the secret by which
# the members of a cluster know each other. Others must not read it, or RabbitMQ does
# not start.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    mkdir --parents /var/lib/rabbitmq/mnesia
    if [[ -n ${RABBITMQ_CLUSTER_COOKIE-} ]]; then
        cookie=/var/lib/rabbitmq/.erlang.cookie
        rm --force "$cookie"
        (umask 0377 && echo "$RABBITMQ_CLUSTER_COOKIE" > "$cookie")
    fi
    exit 0
fi
