FROM kolla/debian-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-scheduler" \
    org.opencontainers.image.description="nova-scheduler on debian, type source" \
    org.opencontainers.image.title="nova-scheduler"










USER nova
