# shellcheck shell=bash
# Sourced by kolla_extend_start.

# Style sheets and scripts are made of what settings and dashboards say, which takes a
# minute: they are made anew only if one of those is not as it was.
changes=$(kolla_horizon_dashboards)
echo "$changes"
settings=$(find -L /etc/openstack-dashboard -type f -print0 | sort --zero-terminated | xargs --null cat | sha256sum)
if [[ -n $changes || ${FORCE_GENERATE-no} = yes || $settings != "$(cat /var/lib/horizon/settings.sha256 2> /dev/null)" ]]; then
    python3 -m django collectstatic --noinput --clear --verbosity 0
    python3 -m django compress --force --verbosity 0
    echo "$settings" > /var/lib/horizon/settings.sha256
fi
