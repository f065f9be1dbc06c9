FROM kolla/debian-source-heat-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="heat-api" \
    org.opencontainers.image.description="heat-api on debian, type source" \
    org.opencontainers.image.title="heat-api"










USER heat
