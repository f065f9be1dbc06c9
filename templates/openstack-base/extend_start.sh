# shellcheck shell=bash
# Sourced by kolla_start in every image of an OpenStack service.

# The volume of the logs is empty at first. Services share it through the group
# of /var/log/kolla, which new directories inherit.
log_dir=/var/log/kolla/$(id --user --name)
if [[ ! -d $log_dir ]]; then
    mkdir --parents "$log_dir"
    chmod 0755 "$log_dir"
fi

# A container that is started with one of these does that work on the service's
# database and ends. Being set is enough, the value may be empty.
for work in BOOTSTRAP UPGRADE FINISH_UPGRADE OSM; do
    if [[ -v KOLLA_$work ]]; then
        kolla_database "${work,,}"
        exit 0
    fi
done
