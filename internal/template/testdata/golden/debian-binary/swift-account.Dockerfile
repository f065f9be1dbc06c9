FROM kolla/debian-binary-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-account" \
    org.opencontainers.image.description="swift-account on debian, type binary" \
    org.opencontainers.image.title="swift-account"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        swift-account \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER swift
