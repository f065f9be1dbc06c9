FROM kolla/ubuntu-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="placement-base"


RUN groupadd --gid 42482 placement \
    && useradd --no-log-init --uid 42482 --gid placement --groups kolla \
        --no-create-home --home-dir /var/lib/placement --shell /usr/sbin/nologin placement \
    && install --directory --owner=placement --group=placement --mode=0750 /var/lib/placement
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        placement-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




