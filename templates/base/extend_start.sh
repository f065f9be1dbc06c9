# shellcheck shell=bash
# Sourced by kolla_start before it runs the service.

# The volume of the logs is empty at first. Services share it through the group
# of /var/log/kolla, which new directories inherit.
user=$(id --user --name)
if [[ $user != root && ! -d /var/log/kolla/$user ]]; then
    mkdir --parents "/var/log/kolla/$user"
    chmod 0755 "/var/log/kolla/$user"
fi

# An image may have a kolla_database. A container that is started with one of these
# does that work on the service's database and ends. Being set is enough, the value
# may be empty.
if command -v kolla_database > /dev/null; then
    for work in BOOTSTRAP UPGRADE UPGRADE_CHECK FINISH_UPGRADE OSM; do
        if [[ -v KOLLA_$work ]]; then
            kolla_database "${work,,}"
            exit 0
        fi
    done
fi

# What an image has to do besides; it may append to ARGS.
if [[ -e /usr/local/bin/kolla_extend_start_service ]]; then
    # shellcheck source=/dev/null
    source /usr/local/bin/kolla_extend_start_service
fi
