FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="neutron-base"


RUN groupadd --gid 42435 neutron \
    && useradd --no-log-init --uid 42435 --gid neutron --groups kolla \
        --no-create-home --home-dir /var/lib/neutron --shell /usr/sbin/nologin neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        neutron-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




