FROM kolla/debian-source-watcher-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="watcher-api" \
    org.opencontainers.image.description="watcher-api on debian, type source" \
    org.opencontainers.image.title="watcher-api"










USER watcher
