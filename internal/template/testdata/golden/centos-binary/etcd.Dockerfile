FROM kolla/centos-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="etcd" \
    org.opencontainers.image.description="etcd on centos, type binary" \
    org.opencontainers.image.title="etcd"



RUN usermod --append --groups kolla etcd \
    && install --directory --owner=etcd --group=etcd --mode=0750 /var/lib/etcd

RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        centos-release-openstack-flamingo \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        etcd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /usr/local/bin/etcd)" \
    && ln --symbolic /usr/bin/etcd /usr/local/bin/etcd
RUN mkdir --parents "$(dirname /usr/local/bin/etcdctl)" \
    && ln --symbolic /usr/bin/etcdctl /usr/local/bin/etcdctl





USER etcd
