FROM kolla/debian-source-placement-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="placement-api" \
    org.opencontainers.image.description="placement-api on debian, type source" \
    org.opencontainers.image.title="placement-api"










USER placement
