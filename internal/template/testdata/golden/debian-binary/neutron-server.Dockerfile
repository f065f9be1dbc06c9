FROM kolla/debian-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-server" \
    org.opencontainers.image.description="neutron-server on debian, type binary" \
    org.opencontainers.image.title="neutron-server"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        neutron-api \
        neutron-ovn-maintenance-worker \
        neutron-periodic-workers \
        neutron-rpc-server \
        python3-ironic-neutron-agent \
        python3-networking-generic-switch \
        python3-networking-sfc \
        python3-neutron-dynamic-routing \
        python3-neutron-taas \
        python3-neutron-vpnaas \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER neutron
