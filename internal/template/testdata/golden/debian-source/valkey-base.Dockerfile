FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="valkey-base" \
    org.opencontainers.image.description="valkey-base on debian, type source" \
    org.opencontainers.image.title="valkey-base"



RUN usermod --append --groups kolla --home /run/valkey valkey \
    && install --directory --owner=valkey --group=valkey --mode=0750 /run/valkey








