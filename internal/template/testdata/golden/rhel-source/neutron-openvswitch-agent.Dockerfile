FROM kolla/rhel-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-openvswitch-agent" \
    org.opencontainers.image.description="neutron-openvswitch-agent on rhel, type source" \
    org.opencontainers.image.title="neutron-openvswitch-agent"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        conntrack-tools \
        ipset \
        iptables-nft \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
