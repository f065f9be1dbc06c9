#!/bin/bash
# Asked by keepalived whether this host may keep its address: it may while each
# check below /checks succeeds. They are the deployment's, one file a service.
set -o nounset

alive=0
for check in /checks/*; do
    if [[ ! -f $check ]]; then
        continue
    fi
    if "$check" 2> /dev/null; then
        echo "$check: alive"
    else
        echo "$check: not alive"
        alive=1
    fi
done
exit "$alive"
