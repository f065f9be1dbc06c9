# shellcheck shell=bash
# Sourced by kolla_extend_start.

# The host's rules have to be made by the same iptables as the container's. Debian has
# two: the newer one, unless the deployment says that the host uses the legacy one.
for name in iptables ip6tables; do
    if ! update-alternatives --query "$name" > /dev/null 2>&1; then
        continue
    fi
    if [[ ${KOLLA_LEGACY_IPTABLES-false} = true ]]; then
        sudo update-alternatives --set "$name" "/usr/sbin/$name-legacy"
    else
        sudo update-alternatives --auto "$name"
    fi
done
