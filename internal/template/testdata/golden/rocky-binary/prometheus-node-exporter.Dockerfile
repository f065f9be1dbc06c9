FROM kolla/rocky-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-node-exporter" \
    org.opencontainers.image.description="prometheus-node-exporter on rocky, type binary" \
    org.opencontainers.image.title="prometheus-node-exporter"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        node-exporter \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/node_exporter/node_exporter)" \
    && ln --symbolic /usr/bin/node_exporter /opt/node_exporter/node_exporter





USER prometheus
