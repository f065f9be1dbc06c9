FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-openstack-network-exporter" \
    org.opencontainers.image.description="prometheus-openstack-network-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-openstack-network-exporter"






ADD prometheus-openstack-network-exporter-archive /prometheus-openstack-network-exporter-source
RUN program=$(find /prometheus-openstack-network-exporter-source -type f '(' -name openstack-network-exporter -o -path /prometheus-openstack-network-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/openstack-network-exporter/openstack-network-exporter)" \
    && ln --symbolic "$program" /opt/openstack-network-exporter/openstack-network-exporter





