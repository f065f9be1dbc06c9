FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-openstack-network-exporter" \
    org.opencontainers.image.description="prometheus-openstack-network-exporter on debian, type binary" \
    org.opencontainers.image.title="prometheus-openstack-network-exporter"






RUN mkdir --parents "$(dirname /opt/openstack-network-exporter/openstack-network-exporter)" \
    && ln --symbolic /usr/bin/openstack-network-exporter /opt/openstack-network-exporter/openstack-network-exporter





