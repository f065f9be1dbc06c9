FROM kolla/rhel-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zookeeper" \
    org.opencontainers.image.description="zookeeper on rhel, type source" \
    org.opencontainers.image.title="zookeeper"



RUN usermod --append --groups kolla zookeeper \
    && install --directory --owner=zookeeper --group=zookeeper --mode=0750 /var/lib/zookeeper

RUN mkdir --parents /usr/share/man/man1


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        zookeeper \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


ENV ZOOCFGDIR=/etc/zookeeper/conf





USER zookeeper
