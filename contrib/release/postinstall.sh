#!/bin/sh
# Lets the program make user namespaces where AppArmor denies them to programs without a
# profile (Ubuntu since 23.10). The profile is linked, and not a file of the package, because
# AppArmor before 4.0 cannot parse the rule: there, the profile would make apparmor.service fail.
set -e

profile=/etc/apparmor.d/kolla-build

if [ "$1" = configure ] && [ -e /etc/apparmor.d/abi/4.0 ]; then
	# A file in its place is the administrator's.
	[ -e "$profile" ] || ln -sf /usr/share/kolla-build/apparmor.d/kolla-build "$profile"
	if aa-enabled --quiet 2>/dev/null; then
		apparmor_parser --replace --write-cache "$profile" || true
	fi
fi
