FROM kolla/debian-source-masakari-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="masakari-api" \
    org.opencontainers.image.description="masakari-api on debian, type source" \
    org.opencontainers.image.title="masakari-api"










USER masakari
