FROM kolla/debian-binary-kerbside-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-proxy" \
    org.opencontainers.image.description="kerbside-proxy on debian, type binary" \
    org.opencontainers.image.title="kerbside-proxy"










USER kerbside
