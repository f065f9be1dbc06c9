FROM kolla/fedora-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-ovn-vpn-agent" \
    org.opencontainers.image.description="neutron-ovn-vpn-agent on fedora, type binary" \
    org.opencontainers.image.title="neutron-ovn-vpn-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        libreswan \
        openstack-neutron-vpnaas-ovn-vpn-agent \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete






USER neutron
