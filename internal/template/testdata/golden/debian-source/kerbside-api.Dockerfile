FROM kolla/debian-source-kerbside-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-api" \
    org.opencontainers.image.description="kerbside-api on debian, type source" \
    org.opencontainers.image.title="kerbside-api"










USER kerbside
