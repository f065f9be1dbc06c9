FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-openstack-exporter" \
    org.opencontainers.image.description="prometheus-openstack-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-openstack-exporter"






ADD prometheus-openstack-exporter-archive /prometheus-openstack-exporter-source
RUN program=$(find /prometheus-openstack-exporter-source -type f '(' -name openstack-exporter -o -path /prometheus-openstack-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/openstack-exporter/openstack-exporter)" \
    && ln --symbolic "$program" /opt/openstack-exporter/openstack-exporter





USER prometheus
