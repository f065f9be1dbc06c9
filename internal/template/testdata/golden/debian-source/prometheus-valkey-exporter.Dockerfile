FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-valkey-exporter" \
    org.opencontainers.image.description="prometheus-valkey-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-valkey-exporter"






ADD prometheus-valkey-exporter-archive /prometheus-valkey-exporter-source
RUN program=$(find /prometheus-valkey-exporter-source -type f '(' -name redis_exporter -o -path /prometheus-valkey-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/valkey-exporter)" \
    && ln --symbolic "$program" /opt/valkey-exporter





USER prometheus
