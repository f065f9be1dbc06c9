FROM kolla/fedora-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-api" \
    org.opencontainers.image.description="nova-api on fedora, type source" \
    org.opencontainers.image.title="nova-api"










USER nova
