FROM kolla/ubuntu-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="etcd" \
    org.opencontainers.image.description="etcd on ubuntu, type source" \
    org.opencontainers.image.title="etcd"



RUN usermod --append --groups kolla etcd \
    && install --directory --owner=etcd --group=etcd --mode=0750 /var/lib/etcd




ADD etcd-archive /etcd-source
RUN program=$(find /etcd-source -type f '(' -name etcd -o -path /etcd-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /usr/local/bin/etcd)" \
    && ln --symbolic "$program" /usr/local/bin/etcd
RUN program=$(find /etcd-source -type f '(' -name etcdctl -o -path /etcd-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /usr/local/bin/etcdctl)" \
    && ln --symbolic "$program" /usr/local/bin/etcdctl





USER etcd
