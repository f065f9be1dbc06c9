FROM kolla/rocky-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-openvswitch-agent" \
    org.opencontainers.image.description="neutron-openvswitch-agent on rocky, type source" \
    org.opencontainers.image.title="neutron-openvswitch-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        conntrack-tools \
        ipset \
        iptables-nft \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
