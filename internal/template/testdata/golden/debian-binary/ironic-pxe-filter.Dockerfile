FROM kolla/debian-binary-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-pxe-filter" \
    org.opencontainers.image.description="ironic-pxe-filter on debian, type binary" \
    org.opencontainers.image.title="ironic-pxe-filter"






COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





