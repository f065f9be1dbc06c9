FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-object" \
    org.opencontainers.image.description="swift-object on debian, type source" \
    org.opencontainers.image.title="swift-object"










USER swift
