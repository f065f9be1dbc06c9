FROM kolla/debian-source-cinder-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cinder-scheduler" \
    org.opencontainers.image.description="cinder-scheduler on debian, type source" \
    org.opencontainers.image.title="cinder-scheduler"










USER cinder
