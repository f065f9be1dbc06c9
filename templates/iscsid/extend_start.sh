# shellcheck shell=bash
# Sourced by kolla_extend_start.

# The name by which storage knows this host. A deployment mounts /etc/iscsi, so that
# it stays the same.
if [[ ! -e /etc/iscsi/initiatorname.iscsi ]]; then
    echo "InitiatorName=$(iscsi-iname)" > /etc/iscsi/initiatorname.iscsi
fi
