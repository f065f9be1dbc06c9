#!/bin/bash
# kolla_install_horizon: gives horizon the same places on every distro, with packages and
# from source. Deployments know /etc/openstack-dashboard; what changes when a container
# starts belongs to the user horizon.
set -o errexit -o nounset -o pipefail

etc=/etc/openstack-dashboard
# Not by importing it, which would read its settings.
package=$(python3 -c 'import importlib.util as u; print(u.find_spec("openstack_dashboard").submodule_search_locations[0])')

# copy_new FROM TO copies what the folder TO does not have yet. cp has an option for that only
# since coreutils 9.3, and another one has meant different things.
copy_new() {
    mkdir --parents "$2"
    tar --create --directory="$1" . | tar --extract --directory="$2" --skip-old-files --no-same-owner
}

# Policies: distros that have a folder for them have moved them there.
for policies in "$package/conf" "$etc/policy"; do
    if [[ -d $policies ]]; then
        copy_new "$policies" "$etc"
    fi
done

# Settings: the project ships an example.
local=$package/local
if [[ ! -e $local/local_settings.py ]]; then
    if [[ ! -e $etc/local_settings.py ]]; then
        cp "$local/local_settings.py.example" "$etc/local_settings.py"
    fi
    ln --symbolic "$etc/local_settings.py" "$local/local_settings.py"
fi
if [[ ! -L $local/local_settings.d ]]; then
    if [[ -d $local/local_settings.d ]]; then
        copy_new "$local/local_settings.d" "$etc/local_settings.d"
        rm --recursive "$local/local_settings.d"
    fi
    ln --symbolic "$etc/local_settings.d" "$local/local_settings.d"
fi

# What a web server loads: Debian has it elsewhere.
if [[ ! -e $package/wsgi.py && -e /usr/share/openstack-dashboard/wsgi.py ]]; then
    ln --symbolic /usr/share/openstack-dashboard/wsgi.py "$package/wsgi.py"
fi

# Translations are compiled by the packages already.
if [[ -d /horizon ]]; then
    for locale in /var/lib/kolla/venv/lib/python3*/site-packages/*/locale; do
        (cd "${locale%/*}" && python3 -m django compilemessages --verbosity 0)
    done
fi

# Dashboards: none until a deployment asks for some, see kolla_horizon_dashboards.
mkdir --parents "$local/enabled"
rm --force "$local"/enabled/_[0-9]*.py
owned=("$local" "$etc")
# Where Debian has the key for sessions, which each container makes for itself.
if [[ -d /var/lib/openstack-dashboard ]]; then
    rm --force /var/lib/openstack-dashboard/secret-key/*
    owned+=(/var/lib/openstack-dashboard/secret-key)
fi
chown --recursive --no-dereference horizon:horizon "${owned[@]}"

# What the web server hands out itself is looked for below Python's modules.
static=/var/lib/kolla/venv/lib/python3/site-packages/static
rm --recursive --force "$static"
mkdir --parents "${static%/*}"
ln --symbolic /var/lib/horizon/static "$static"
install --directory --owner=horizon --group=horizon /var/lib/horizon/static
