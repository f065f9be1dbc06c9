FROM kolla/rocky-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-metering-agent" \
    org.opencontainers.image.description="neutron-metering-agent on rocky, type binary" \
    org.opencontainers.image.title="neutron-metering-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        iptables-nft \
        openstack-neutron-metering-agent \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
