FROM kolla/debian-source-zun-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zun-api" \
    org.opencontainers.image.description="zun-api on debian, type source" \
    org.opencontainers.image.title="zun-api"










USER zun
