FROM kolla/debian-source-tacker-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="tacker-server" \
    org.opencontainers.image.description="tacker-server on debian, type source" \
    org.opencontainers.image.title="tacker-server"










USER tacker
