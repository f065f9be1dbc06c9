FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-mysqld-exporter" \
    org.opencontainers.image.description="prometheus-mysqld-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-mysqld-exporter"






ADD prometheus-mysqld-exporter-archive /prometheus-mysqld-exporter-source
RUN program=$(find /prometheus-mysqld-exporter-source -type f '(' -name mysqld_exporter -o -path /prometheus-mysqld-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/mysqld_exporter/mysqld_exporter)" \
    && ln --symbolic "$program" /opt/mysqld_exporter/mysqld_exporter





USER prometheus
