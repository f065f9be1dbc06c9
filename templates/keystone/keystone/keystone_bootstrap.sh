#!/bin/bash
# kolla_keystone_bootstrap USER PASSWORD PROJECT ROLE [ADMIN_URL] INTERNAL_URL PUBLIC_URL REGION
#
# Makes the first user of a cloud, and the endpoints of keystone itself. An empty
# password is taken from OS_BOOTSTRAP_PASSWORD. A deployment runs this each time, and
# reads from standard output, in JSON, whether it failed and whether anything changed.
set -o nounset

user=$1 password=${2:-${OS_BOOTSTRAP_PASSWORD-}} project=$3 role=$4
# The administrative endpoint is no more; older deployments still name one.
shift $(($# > 7 ? 5 : 4))
internal_url=$1 public_url=$2 region=$3

output=$(OS_BOOTSTRAP_PASSWORD=$password keystone-manage bootstrap \
    --bootstrap-username "$user" \
    --bootstrap-project-name "$project" \
    --bootstrap-role-name "$role" \
    --bootstrap-service-name keystone \
    --bootstrap-internal-url "$internal_url" \
    --bootstrap-public-url "$public_url" \
    --bootstrap-region-id "$region" 2>&1)
failed=$?

# keystone tells in its log what it makes: a "Created" line for each.
changed=false
if grep --quiet --ignore-case --word-regexp created <<< "$(grep --invert-match --ignore-case already <<< "$output")"; then
    changed=true
fi
if ((failed)); then
    # The message may hold quotes and colours, which JSON wants escaped.
    python3 -c 'import json, sys; print(json.dumps({"failed": True, "changed": True, "msg": sys.argv[1]}))' "$output"
    exit 1
fi
echo "{\"failed\": false, \"changed\": $changed}"
