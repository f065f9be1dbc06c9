FROM kolla/debian-source-watcher-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="watcher-applier" \
    org.opencontainers.image.description="watcher-applier on debian, type source" \
    org.opencontainers.image.title="watcher-applier"










USER watcher
