FROM kolla/debian-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-l3-agent" \
    org.opencontainers.image.description="neutron-l3-agent on debian, type binary" \
    org.opencontainers.image.title="neutron-l3-agent"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        conntrack \
        haproxy \
        iproute2 \
        ipset \
        iptables \
        iputils-arping \
        keepalived \
        libnetfilter-log1 \
        neutron-l3-agent \
        openvswitch-switch \
        python3-neutron-vpnaas \
        radvd \
        strongswan \
        strongswan-charon \
        strongswan-starter \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER neutron
