FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-openstack-exporter" \
    org.opencontainers.image.description="prometheus-openstack-exporter on debian, type binary" \
    org.opencontainers.image.title="prometheus-openstack-exporter"






RUN mkdir --parents "$(dirname /opt/openstack-exporter/openstack-exporter)" \
    && ln --symbolic /usr/bin/prometheus-openstack-exporter /opt/openstack-exporter/openstack-exporter





USER prometheus
