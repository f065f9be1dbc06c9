FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="nova-base"


RUN groupadd --gid 42436 nova \
    && useradd --no-log-init --uid 42436 --gid nova --groups kolla \
        --no-create-home --home-dir /var/lib/nova --shell /usr/sbin/nologin nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        nova-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




