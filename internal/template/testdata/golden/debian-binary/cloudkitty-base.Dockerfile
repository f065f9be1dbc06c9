FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cloudkitty-base" \
    org.opencontainers.image.description="cloudkitty-base on debian, type binary" \
    org.opencontainers.image.title="cloudkitty-base"



RUN usermod --append --groups kolla cloudkitty \
    && install --directory --owner=cloudkitty --group=cloudkitty --mode=0750 /var/lib/cloudkitty


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        cloudkitty-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/





