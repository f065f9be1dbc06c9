#!/bin/bash
# kolla_pip_install REQUIREMENT ...: does what pip install does, and knows about
# projects that are folders in the image, such as /keystone or /keystone[ldap].
#
# kolla_pip_install --below FOLDER installs the projects that are folders there. What
# else is there is left alone.
#
# Everything else is installed in the versions that OpenStack has tested together,
# where the image has the list of them, as it has with type source.
set -o errexit -o nounset -o pipefail

# pip must neither look for a newer pip nor mind that it changes the distro's Python,
# which it does in images without a virtual environment.
export PIP_BREAK_SYSTEM_PACKAGES=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

if [[ ${1-} = --below ]]; then
    folder=${2:?usage: kolla_pip_install --below FOLDER}
    set --
    for project in "$folder"/*/; do
        if [[ -e $project/pyproject.toml || -e $project/setup.py ]]; then
            set -- "$@" "${project%/}"
        fi
    done
    if (($# == 0)); then
        exit 0
    fi
fi

list=/requirements/upper-constraints.txt
options=()
if [[ -e ${list%/*} ]]; then
    options+=(--constraint "$list")
fi

wheels=$(mktemp --directory)
trap 'rm --recursive --force "$wheels"' EXIT

# build PROJECT makes a wheel of the project in that folder, and sets the variable
# wheel to its path. It works on a copy, since builds leave things behind.
build() {
    local project=$1 into version
    into=$(mktemp --directory "$wheels/XXXXXX")
    cp --archive "$project/." "$into/project"
    # pbr takes the version of a project from git, or from what is in a release of it.
    # An archive that has neither gets one above all others: who asks for a certain
    # version or a later one is then content with this one, which is what was chosen,
    # and pip does not fetch another in its place.
    version=${PBR_VERSION-}
    if [[ ! -e $project/.git && ! -e $project/PKG-INFO ]]; then
        version=${version:-9999.0.0}
        # Nor does pbr know then which files to pack besides the modules, and would leave
        # out alembic.ini and its like. All that are in the archive belong to the project.
        if grep --quiet --no-messages --word-regexp pbr "$project"/{setup.py,pyproject.toml}; then
            printf '\ngraft .\n' >> "$into/project/MANIFEST.in"
        fi
    fi
    env ${version:+"PBR_VERSION=$version"} \
        pip wheel --no-cache-dir --no-deps --wheel-dir "$into" "$into/project"
    wheel=$(echo "$into"/*.whl)
}

# unpin WHEEL takes its project off the list: the folder is the version to have. It
# stays off, so that images further down do not replace it either.
unpin() {
    local name=${1##*/}
    name=${name%%-*}
    # The same name may be written with any of these.
    sed --in-place --regexp-extended "/^${name//[-_.]/[-_.]+}([^[:alnum:]._-]|\$)/Id" "$list"
}

requirements=()
for requirement in "$@"; do
    project=${requirement%%\[*}
    if [[ $project = /* && -d $project ]]; then
        build "$project"
        if [[ -e $list ]]; then
            unpin "$wheel"
        fi
        requirement=$wheel${requirement#"$project"}
    fi
    requirements+=("$requirement")
done
# At last all at once, since projects may need each other.
pip install --no-cache-dir "${options[@]}" "${requirements[@]}"
