#!/bin/bash
# kolla_keystone_bootstrap USER GROUP
#
# Makes the keys for fernet tokens where there are none, and tells on standard output,
# in JSON, whether it failed and whether anything changed.
set -o nounset

output=$(keystone-manage --config-file /etc/keystone/keystone.conf fernet_setup \
    --keystone-user "$1" --keystone-group "$2" 2>&1)
failed=$?

if ((failed)); then
    python3 -c 'import json, sys; print(json.dumps({"failed": True, "changed": True, "msg": sys.argv[1]}))' "$output"
    exit 1
fi
changed=true
if grep --quiet 'already initialized' <<< "$output"; then
    changed=false
fi
echo "{\"failed\": false, \"changed\": $changed}"
