FROM kolla/rhel-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-api" \
    org.opencontainers.image.description="nova-api on rhel, type binary" \
    org.opencontainers.image.title="nova-api"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-nova-api \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER nova
