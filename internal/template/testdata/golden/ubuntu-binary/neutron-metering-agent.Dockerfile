FROM kolla/ubuntu-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-metering-agent" \
    org.opencontainers.image.description="neutron-metering-agent on ubuntu, type binary" \
    org.opencontainers.image.title="neutron-metering-agent"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        iptables \
        neutron-metering-agent \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete





USER neutron
