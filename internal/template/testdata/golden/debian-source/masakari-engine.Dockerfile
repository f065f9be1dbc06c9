FROM kolla/debian-source-masakari-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="masakari-engine" \
    org.opencontainers.image.description="masakari-engine on debian, type source" \
    org.opencontainers.image.title="masakari-engine"










USER masakari
