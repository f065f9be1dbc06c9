FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="tgtd" \
    org.opencontainers.image.description="tgtd on debian, type source" \
    org.opencontainers.image.title="tgtd"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        tgt \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN sed --in-place '1i include /var/lib/cinder/volumes/*' /etc/tgt/targets.conf





