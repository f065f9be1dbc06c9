FROM kolla/debian-source-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-api" \
    org.opencontainers.image.description="ironic-api on debian, type source" \
    org.opencontainers.image.title="ironic-api"










USER ironic
