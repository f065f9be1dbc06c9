FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="redis-base" \
    org.opencontainers.image.description="redis-base on debian, type source" \
    org.opencontainers.image.title="redis-base"



RUN usermod --append --groups kolla --home /run/redis redis \
    && install --directory --owner=redis --group=redis --mode=0750 /run/redis








