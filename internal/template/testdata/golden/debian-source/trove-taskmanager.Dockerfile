FROM kolla/debian-source-trove-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-taskmanager" \
    org.opencontainers.image.description="trove-taskmanager on debian, type source" \
    org.opencontainers.image.title="trove-taskmanager"










USER trove
