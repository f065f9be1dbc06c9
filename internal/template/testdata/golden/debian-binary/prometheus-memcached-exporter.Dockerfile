FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-memcached-exporter" \
    org.opencontainers.image.description="prometheus-memcached-exporter on debian, type binary" \
    org.opencontainers.image.title="prometheus-memcached-exporter"






RUN mkdir --parents "$(dirname /opt/memcached_exporter/memcached_exporter)" \
    && ln --symbolic /usr/bin/memcached_exporter /opt/memcached_exporter/memcached_exporter





USER prometheus
