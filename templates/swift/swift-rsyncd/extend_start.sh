# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Disks are mounted below /srv/node by the host, and a new file system is root's.
for device in /srv/node/*/; do
    if [[ -d $device ]]; then
        sudo chown swift:swift "${device%/}"
    fi
done
# rsyncd.conf names a lock file for each of its modules in here.
mkdir --parents /var/lib/swift/lock
