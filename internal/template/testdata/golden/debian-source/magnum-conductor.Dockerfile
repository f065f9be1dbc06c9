FROM kolla/debian-source-magnum-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="magnum-conductor" \
    org.opencontainers.image.description="magnum-conductor on debian, type source" \
    org.opencontainers.image.title="magnum-conductor"













USER magnum
