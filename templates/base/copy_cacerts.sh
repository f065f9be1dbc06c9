#!/bin/bash
# Makes the container trust the certificates that the deployment hands in.
set -o errexit -o nounset

source=/var/lib/kolla/config_files/ca-certificates
if [[ ! -d $source ]]; then
    exit 0
fi

case $KOLLA_BASE_DISTRO in
    debian | ubuntu)
        anchors=/usr/local/share/ca-certificates update=update-ca-certificates
        ;;
    *)
        anchors=/etc/pki/ca-trust/source/anchors update=update-ca-trust
        ;;
esac
# Only ours are replaced: the image may bring anchors of its own.
rm --force "$anchors"/kolla-customca-*
for certificate in "$source"/*.crt; do
    if [[ -f $certificate ]]; then
        install --mode=0644 "$certificate" "$anchors/kolla-customca-$(basename "$certificate")"
    fi
done
$update
