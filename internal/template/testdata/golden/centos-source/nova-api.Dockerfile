FROM kolla/centos-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-api" \
    org.opencontainers.image.description="nova-api on centos, type source" \
    org.opencontainers.image.title="nova-api"










USER nova
