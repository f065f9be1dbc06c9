FROM kolla/debian-source-manila-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="manila-scheduler" \
    org.opencontainers.image.description="manila-scheduler on debian, type source" \
    org.opencontainers.image.title="manila-scheduler"










USER manila
