FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-elasticsearch-exporter" \
    org.opencontainers.image.description="prometheus-elasticsearch-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-elasticsearch-exporter"






ADD prometheus-elasticsearch-exporter-archive /prometheus-elasticsearch-exporter-source
RUN program=$(find /prometheus-elasticsearch-exporter-source -type f '(' -name elasticsearch_exporter -o -path /prometheus-elasticsearch-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/elasticsearch_exporter/elasticsearch_exporter)" \
    && ln --symbolic "$program" /opt/elasticsearch_exporter/elasticsearch_exporter





USER prometheus
