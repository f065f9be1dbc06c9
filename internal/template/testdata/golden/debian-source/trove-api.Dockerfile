FROM kolla/debian-source-trove-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-api" \
    org.opencontainers.image.description="trove-api on debian, type source" \
    org.opencontainers.image.title="trove-api"










USER trove
