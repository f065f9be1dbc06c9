#!/bin/sh
# Removes what postinstall.sh has linked. A profile that is loaded stays until the next boot:
# the program may be running under it.
set -e

if [ "$1" = remove ] && [ -L /etc/apparmor.d/kolla-build ]; then
	rm -f /etc/apparmor.d/kolla-build
fi
