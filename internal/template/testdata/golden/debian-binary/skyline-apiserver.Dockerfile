FROM kolla/debian-binary-skyline-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="skyline-apiserver" \
    org.opencontainers.image.description="skyline-apiserver on debian, type binary" \
    org.opencontainers.image.title="skyline-apiserver"











USER skyline
