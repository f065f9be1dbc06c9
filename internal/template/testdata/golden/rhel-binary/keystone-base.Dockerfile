FROM kolla/rhel-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone-base" \
    org.opencontainers.image.description="keystone-base on rhel, type binary" \
    org.opencontainers.image.title="keystone-base"



RUN usermod --append --groups kolla keystone \
    && install --directory --owner=keystone --group=keystone --mode=0750 /var/lib/keystone


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-keystone \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/





