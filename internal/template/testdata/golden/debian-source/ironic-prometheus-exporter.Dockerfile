FROM kolla/debian-source-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-prometheus-exporter" \
    org.opencontainers.image.description="ironic-prometheus-exporter on debian, type source" \
    org.opencontainers.image.title="ironic-prometheus-exporter"





ADD ironic-prometheus-exporter-archive /ironic-prometheus-exporter-source
RUN ln --symbolic ironic-prometheus-exporter-source/* /ironic-prometheus-exporter \
    && kolla_pip_install \
        /ironic-prometheus-exporter \
    && mkdir --parents /etc/ironic-prometheus-exporter \
    && if [ -d /ironic-prometheus-exporter/etc ]; then cp --recursive /ironic-prometheus-exporter/etc/. /etc/ironic-prometheus-exporter/; fi

ENV IRONIC_CONFIG=/etc/ironic/ironic.conf





USER ironic
