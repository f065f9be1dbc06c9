FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keepalived" \
    org.opencontainers.image.description="keepalived on debian, type source" \
    org.opencontainers.image.title="keepalived"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        keepalived \
        mariadb-client-core \
        socat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

COPY check_alive.sh /
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





