FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" name="memcached"


RUN groupadd --gid 42457 memcached \
    && useradd --no-log-init --uid 42457 --gid memcached --groups kolla \
        --no-create-home --home-dir /run/memcached --shell /usr/sbin/nologin memcached \
    && install --directory --owner=memcached --group=memcached --mode=0750 /run/memcached
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        memcached \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete




USER memcached
