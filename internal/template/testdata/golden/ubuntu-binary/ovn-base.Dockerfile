FROM kolla/ubuntu-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-base" \
    org.opencontainers.image.description="ovn-base on ubuntu, type binary" \
    org.opencontainers.image.title="ovn-base"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ovn-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





