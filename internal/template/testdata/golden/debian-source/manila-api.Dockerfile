FROM kolla/debian-source-manila-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="manila-api" \
    org.opencontainers.image.description="manila-api on debian, type source" \
    org.opencontainers.image.title="manila-api"










USER manila
