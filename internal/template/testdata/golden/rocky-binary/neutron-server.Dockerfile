FROM kolla/rocky-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-server" \
    org.opencontainers.image.description="neutron-server on rocky, type binary" \
    org.opencontainers.image.title="neutron-server"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-neutron \
        openstack-neutron-ml2 \
        openstack-neutron-rpc-server \
        python3-networking-baremetal \
        python3-networking-generic-switch \
        python3-networking-sfc \
        python3-neutron-dynamic-routing \
        python3-neutron-vpnaas \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
