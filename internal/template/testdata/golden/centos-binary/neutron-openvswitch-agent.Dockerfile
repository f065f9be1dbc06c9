FROM kolla/centos-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-openvswitch-agent" \
    org.opencontainers.image.description="neutron-openvswitch-agent on centos, type binary" \
    org.opencontainers.image.title="neutron-openvswitch-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        conntrack-tools \
        ipset \
        iptables-nft \
        openstack-neutron-openvswitch \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
