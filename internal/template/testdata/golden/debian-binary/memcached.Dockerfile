FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="memcached" \
    org.opencontainers.image.description="memcached on debian, type binary" \
    org.opencontainers.image.title="memcached"



RUN usermod --append --groups kolla --home /run/memcached memcached \
    && install --directory --owner=memcached --group=memcached --mode=0750 /run/memcached


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        memcached \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER memcached
