FROM kolla/debian-source-barbican-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="barbican-worker" \
    org.opencontainers.image.description="barbican-worker on debian, type source" \
    org.opencontainers.image.title="barbican-worker"










USER barbican
