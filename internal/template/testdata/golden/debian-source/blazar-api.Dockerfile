FROM kolla/debian-source-blazar-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="blazar-api" \
    org.opencontainers.image.description="blazar-api on debian, type source" \
    org.opencontainers.image.title="blazar-api"










USER blazar
