FROM kolla/debian-source-cinder-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cinder-api" \
    org.opencontainers.image.description="cinder-api on debian, type source" \
    org.opencontainers.image.title="cinder-api"










USER cinder
