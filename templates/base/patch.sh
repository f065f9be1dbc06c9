#!/bin/bash
# kolla_patch: applies the patches that /patches/series names, one a line, in that
# order. They change what is in the image, so their paths start at /:
#
#     --- var/lib/kolla/venv/lib/python3.13/site-packages/nova/utils.py
#
# A line may end in -p1 or the like, as quilt has it, for paths with that many more
# components. What an image that this one is built from has already applied is left
# out: /etc/kolla/patched tells.
set -o errexit -o nounset -o pipefail

series=/patches/series patched=/etc/kolla/patched

if [[ ! -e $series ]]; then
    exit 0
fi
mkdir --parents /etc/kolla
touch "$patched"
cd /
while read -r name strip || [[ -n $name ]]; do
    if [[ -z $name ]]; then
        continue
    fi
    patch=/patches/$name
    sum=$(sha256sum "$patch")
    if grep --quiet --fixed-strings --line-regexp "$sum" "$patched"; then
        echo "$name has been applied already"
        continue
    fi
    echo "Applying $name"
    patch "${strip:--p0}" --batch --forward --fuzz=0 --ignore-whitespace --no-backup-if-mismatch \
        --input="$patch"
    echo "$sum" >> "$patched"
done < <(sed 's/\(^\|[[:space:]]\)#.*//' "$series")
