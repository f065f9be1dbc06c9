FROM kolla/debian-source-blazar-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="blazar-manager" \
    org.opencontainers.image.description="blazar-manager on debian, type source" \
    org.opencontainers.image.title="blazar-manager"










USER blazar
