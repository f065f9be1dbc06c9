FROM kolla/debian-source-designate-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-api" \
    org.opencontainers.image.description="designate-api on debian, type source" \
    org.opencontainers.image.title="designate-api"










USER designate
