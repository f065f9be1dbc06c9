#!/bin/bash
# Makes the container trust the certificates that the deployment hands in.
set -o errexit -o nounset

# Where config.json copies them to, or else where they are mounted.
source=/var/lib/kolla/share/ca-certificates
if [[ ! -d $source ]]; then
    source=/var/lib/kolla/config_files/ca-certificates
fi

case $KOLLA_BASE_DISTRO in
    debian | ubuntu)
        anchors=/usr/local/share/ca-certificates update=update-ca-certificates
        ;;
    *)
        anchors=/etc/pki/ca-trust/source/anchors update=update-ca-trust
        ;;
esac

shopt -s nullglob
# Only ours are replaced: the image may bring anchors of its own. Those of an earlier
# start go, even if the deployment hands in none any more.
old=("$anchors"/kolla-customca-*)
new=("$source"/*.crt)
if ((${#old[@]} + ${#new[@]} == 0)); then
    exit 0
fi
rm --force -- "${old[@]}"
for certificate in "${new[@]}"; do
    install --mode=0644 "$certificate" "$anchors/kolla-customca-${certificate##*/}"
done
$update
