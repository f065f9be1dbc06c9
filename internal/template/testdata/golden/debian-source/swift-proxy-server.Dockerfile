FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-proxy-server" \
    org.opencontainers.image.description="swift-proxy-server on debian, type source" \
    org.opencontainers.image.title="swift-proxy-server"






RUN kolla_pip_install \
        ceilometermiddleware





USER swift
