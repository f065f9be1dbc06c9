FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-base" \
    org.opencontainers.image.description="prometheus-base on debian, type binary" \
    org.opencontainers.image.title="prometheus-base"



RUN usermod --append --groups kolla prometheus \
    && install --directory --owner=prometheus --group=prometheus --mode=0750 /var/lib/prometheus








