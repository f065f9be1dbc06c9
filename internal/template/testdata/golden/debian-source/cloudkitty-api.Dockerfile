FROM kolla/debian-source-cloudkitty-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cloudkitty-api" \
    org.opencontainers.image.description="cloudkitty-api on debian, type source" \
    org.opencontainers.image.title="cloudkitty-api"










USER cloudkitty
