FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-memcached-exporter" \
    org.opencontainers.image.description="prometheus-memcached-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-memcached-exporter"






ADD prometheus-memcached-exporter-archive /prometheus-memcached-exporter-source
RUN program=$(find /prometheus-memcached-exporter-source -type f '(' -name memcached_exporter -o -path /prometheus-memcached-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/memcached_exporter/memcached_exporter)" \
    && ln --symbolic "$program" /opt/memcached_exporter/memcached_exporter





USER prometheus
