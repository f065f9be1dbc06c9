FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-container" \
    org.opencontainers.image.description="swift-container on debian, type source" \
    org.opencontainers.image.title="swift-container"










USER swift
