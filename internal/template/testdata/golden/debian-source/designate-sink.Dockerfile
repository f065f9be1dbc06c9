FROM kolla/debian-source-designate-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-sink" \
    org.opencontainers.image.description="designate-sink on debian, type source" \
    org.opencontainers.image.title="designate-sink"










USER designate
