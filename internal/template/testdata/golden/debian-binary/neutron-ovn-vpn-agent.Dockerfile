FROM kolla/debian-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-ovn-vpn-agent" \
    org.opencontainers.image.description="neutron-ovn-vpn-agent on debian, type binary" \
    org.opencontainers.image.title="neutron-ovn-vpn-agent"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-neutron-vpnaas \
        strongswan \
        strongswan-charon \
        strongswan-starter \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete






USER neutron
