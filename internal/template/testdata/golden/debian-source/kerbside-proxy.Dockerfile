FROM kolla/debian-source-kerbside-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-proxy" \
    org.opencontainers.image.description="kerbside-proxy on debian, type source" \
    org.opencontainers.image.title="kerbside-proxy"










USER kerbside
