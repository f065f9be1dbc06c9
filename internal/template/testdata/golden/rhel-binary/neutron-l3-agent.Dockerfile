FROM kolla/rhel-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-l3-agent" \
    org.opencontainers.image.description="neutron-l3-agent on rhel, type binary" \
    org.opencontainers.image.title="neutron-l3-agent"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        conntrack-tools \
        haproxy \
        iproute \
        iproute-tc \
        ipset \
        iptables-nft \
        iputils \
        keepalived \
        libreswan \
        openstack-neutron \
        openstack-neutron-vpnaas \
        radvd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
