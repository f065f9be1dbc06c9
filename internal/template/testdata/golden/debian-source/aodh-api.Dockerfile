FROM kolla/debian-source-aodh-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-api" \
    org.opencontainers.image.description="aodh-api on debian, type source" \
    org.opencontainers.image.title="aodh-api"










USER aodh
