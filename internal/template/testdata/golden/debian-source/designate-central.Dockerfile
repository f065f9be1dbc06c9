FROM kolla/debian-source-designate-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-central" \
    org.opencontainers.image.description="designate-central on debian, type source" \
    org.opencontainers.image.title="designate-central"










USER designate
