#!/bin/bash
# Starts the service of the container: what the image does by default.
set -o errexit -o nounset -o pipefail

# As root, since the service must not be able to write all of what it reads;
# /run_command is where the command of config.json is left.
sudo kolla_set_configs
sudo kolla_copy_cacerts
sudo kolla_install_projects
CMD=$(</run_command)
ARGS=""

# May append to ARGS, or end the container after other work.
if [[ ! -v KOLLA_SKIP_EXTEND_START ]]; then
    # shellcheck source=/dev/null
    source kolla_extend_start
fi

echo "Running command: ${CMD}${ARGS:+ $ARGS}"
# The command is words, not a script: no quotes, variables or redirections.
set -o noglob
# shellcheck disable=SC2086
exec ${CMD} ${ARGS}
