FROM kolla/rocky-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-l3-agent" \
    org.opencontainers.image.description="neutron-l3-agent on rocky, type source" \
    org.opencontainers.image.title="neutron-l3-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        conntrack-tools \
        haproxy \
        iproute \
        iproute-tc \
        ipset \
        iptables-nft \
        iputils \
        keepalived \
        libreswan \
        radvd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
