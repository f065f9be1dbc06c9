FROM kolla/debian-source-barbican-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="barbican-api" \
    org.opencontainers.image.description="barbican-api on debian, type source" \
    org.opencontainers.image.title="barbican-api"










USER barbican
