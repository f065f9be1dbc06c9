FROM kolla/rhel-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="etcd" \
    org.opencontainers.image.description="etcd on rhel, type binary" \
    org.opencontainers.image.title="etcd"



RUN usermod --append --groups kolla etcd \
    && install --directory --owner=etcd --group=etcd --mode=0750 /var/lib/etcd


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        etcd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /usr/local/bin/etcd)" \
    && ln --symbolic /usr/bin/etcd /usr/local/bin/etcd
RUN mkdir --parents "$(dirname /usr/local/bin/etcdctl)" \
    && ln --symbolic /usr/bin/etcdctl /usr/local/bin/etcdctl





USER etcd
