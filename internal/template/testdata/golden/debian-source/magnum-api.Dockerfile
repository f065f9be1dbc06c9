FROM kolla/debian-source-magnum-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="magnum-api" \
    org.opencontainers.image.description="magnum-api on debian, type source" \
    org.opencontainers.image.title="magnum-api"










USER magnum
