FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="masakari-base" \
    org.opencontainers.image.description="masakari-base on debian, type binary" \
    org.opencontainers.image.title="masakari-base"



RUN usermod --append --groups kolla masakari \
    && install --directory --owner=masakari --group=masakari --mode=0750 /var/lib/masakari


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        masakari-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/





