FROM kolla/debian-source-barbican-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="barbican-keystone-listener" \
    org.opencontainers.image.description="barbican-keystone-listener on debian, type source" \
    org.opencontainers.image.title="barbican-keystone-listener"










USER barbican
