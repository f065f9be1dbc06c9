FROM kolla/debian-binary-zun-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zun-wsproxy" \
    org.opencontainers.image.description="zun-wsproxy on debian, type binary" \
    org.opencontainers.image.title="zun-wsproxy"










USER zun
