FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="collectd" \
    org.opencontainers.image.description="collectd on debian, type source" \
    org.opencontainers.image.title="collectd"



RUN usermod --append --groups kolla collectd \
    && install --directory --owner=collectd --group=collectd --mode=0750 /var/lib/collectd


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        collectd \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN chown collectd:collectd /run /var/lib/collectd





USER collectd
