FROM kolla/centos-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-ovn-agent" \
    org.opencontainers.image.description="neutron-ovn-agent on centos, type binary" \
    org.opencontainers.image.title="neutron-ovn-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        haproxy \
        openstack-neutron-ovn-agent \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
