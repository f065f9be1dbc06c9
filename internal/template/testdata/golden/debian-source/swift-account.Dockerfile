FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-account" \
    org.opencontainers.image.description="swift-account on debian, type source" \
    org.opencontainers.image.title="swift-account"










USER swift
