FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="haproxy" \
    org.opencontainers.image.description="haproxy on debian, type source" \
    org.opencontainers.image.title="haproxy"



RUN usermod --append --groups kolla haproxy \
    && install --directory --owner=haproxy --group=haproxy --mode=0750 /var/lib/haproxy


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        haproxy \
        openssl \
        socat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN install --directory --owner=haproxy --group=haproxy --mode=0755 /var/lib/kolla/haproxy





