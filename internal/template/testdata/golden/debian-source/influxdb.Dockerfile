FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="influxdb" \
    org.opencontainers.image.description="influxdb on debian, type source" \
    org.opencontainers.image.title="influxdb"



RUN usermod --append --groups kolla influxdb \
    && install --directory --owner=influxdb --group=influxdb --mode=0750 /var/lib/influxdb


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        influxdb \
        influxdb-client \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER influxdb
