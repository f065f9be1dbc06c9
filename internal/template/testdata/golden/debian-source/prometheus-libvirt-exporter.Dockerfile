FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-libvirt-exporter" \
    org.opencontainers.image.description="prometheus-libvirt-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-libvirt-exporter"






ADD prometheus-libvirt-exporter-archive /prometheus-libvirt-exporter-source
RUN program=$(find /prometheus-libvirt-exporter-source -type f '(' -name prometheus-libvirt-exporter -o -path /prometheus-libvirt-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/libvirt-exporter)" \
    && ln --symbolic "$program" /opt/libvirt-exporter





