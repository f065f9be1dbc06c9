FROM kolla/fedora-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-dhcp-agent" \
    org.opencontainers.image.description="neutron-dhcp-agent on fedora, type source" \
    org.opencontainers.image.title="neutron-dhcp-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        dnsmasq \
        dnsmasq-utils \
        haproxy \
        iproute \
        openvswitch \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
