FROM kolla/debian-binary-kerbside-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-api" \
    org.opencontainers.image.description="kerbside-api on debian, type binary" \
    org.opencontainers.image.title="kerbside-api"










USER kerbside
