#!/bin/bash
# The keys are made before this container starts: without them it would serve nobody.
set -o errexit
[[ -f /etc/keystone/fernet-keys/0 ]]
exec uwsgi /etc/keystone/keystone-api-uwsgi.ini
