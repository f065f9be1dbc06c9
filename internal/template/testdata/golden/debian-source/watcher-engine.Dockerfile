FROM kolla/debian-source-watcher-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="watcher-engine" \
    org.opencontainers.image.description="watcher-engine on debian, type source" \
    org.opencontainers.image.title="watcher-engine"










USER watcher
