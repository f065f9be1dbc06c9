FROM kolla/debian-source-zun-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zun-wsproxy" \
    org.opencontainers.image.description="zun-wsproxy on debian, type source" \
    org.opencontainers.image.title="zun-wsproxy"










USER zun
