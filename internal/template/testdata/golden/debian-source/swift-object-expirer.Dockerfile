FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-object-expirer" \
    org.opencontainers.image.description="swift-object-expirer on debian, type source" \
    org.opencontainers.image.title="swift-object-expirer"










USER swift
