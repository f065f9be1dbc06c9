FROM kolla/debian-binary-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-prometheus-exporter" \
    org.opencontainers.image.description="ironic-prometheus-exporter on debian, type binary" \
    org.opencontainers.image.title="ironic-prometheus-exporter"







ENV IRONIC_CONFIG=/etc/ironic/ironic.conf





USER ironic
