FROM kolla/debian-source-cyborg-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cyborg-api" \
    org.opencontainers.image.description="cyborg-api on debian, type source" \
    org.opencontainers.image.title="cyborg-api"










USER cyborg
