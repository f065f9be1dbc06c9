FROM kolla/ubuntu-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="etcd" \
    org.opencontainers.image.description="etcd on ubuntu, type binary" \
    org.opencontainers.image.title="etcd"



RUN usermod --append --groups kolla etcd \
    && install --directory --owner=etcd --group=etcd --mode=0750 /var/lib/etcd


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        etcd-client \
        etcd-server \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /usr/local/bin/etcd)" \
    && ln --symbolic /usr/bin/etcd /usr/local/bin/etcd
RUN mkdir --parents "$(dirname /usr/local/bin/etcdctl)" \
    && ln --symbolic /usr/bin/etcdctl /usr/local/bin/etcdctl





USER etcd
