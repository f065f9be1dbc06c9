FROM kolla/debian-source-cloudkitty-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cloudkitty-processor" \
    org.opencontainers.image.description="cloudkitty-processor on debian, type source" \
    org.opencontainers.image.title="cloudkitty-processor"










USER cloudkitty
