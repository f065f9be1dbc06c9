FROM kolla/debian-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovsdpdk-vswitchd" \
    org.opencontainers.image.description="ovsdpdk-vswitchd on debian, type binary" \
    org.opencontainers.image.title="ovsdpdk-vswitchd"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        openvswitch-switch-dpdk \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN update-alternatives --set ovs-vswitchd /usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk





