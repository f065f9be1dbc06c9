FROM kolla/rocky-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-bgp-dragent" \
    org.opencontainers.image.description="neutron-bgp-dragent on rocky, type binary" \
    org.opencontainers.image.title="neutron-bgp-dragent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-neutron-bgp-dragent \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete






USER neutron
