FROM kolla/debian-binary-trove-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-api" \
    org.opencontainers.image.description="trove-api on debian, type binary" \
    org.opencontainers.image.title="trove-api"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        trove-api \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER trove
