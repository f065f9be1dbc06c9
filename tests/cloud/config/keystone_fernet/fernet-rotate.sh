#!/bin/bash
set -o errexit -o pipefail
keystone-manage --config-file /etc/keystone/keystone.conf fernet_rotate --keystone-user keystone --keystone-group keystone
