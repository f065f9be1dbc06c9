# shellcheck shell=bash
# Sourced by kolla_extend_start.

# The sentinel writes into its configuration what it finds out about the others. It
# has a copy for that, since the deployment's file is put into place at each start.
if [[ -n ${REDIS_CONF-} && -n ${REDIS_GEN_CONF-} ]]; then
    cp "$REDIS_CONF" "$REDIS_GEN_CONF"
fi
