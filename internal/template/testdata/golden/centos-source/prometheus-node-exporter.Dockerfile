FROM kolla/centos-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-node-exporter" \
    org.opencontainers.image.description="prometheus-node-exporter on centos, type source" \
    org.opencontainers.image.title="prometheus-node-exporter"






ADD prometheus-node-exporter-archive /prometheus-node-exporter-source
RUN program=$(find /prometheus-node-exporter-source -type f '(' -name node_exporter -o -path /prometheus-node-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/node_exporter/node_exporter)" \
    && ln --symbolic "$program" /opt/node_exporter/node_exporter





USER prometheus
