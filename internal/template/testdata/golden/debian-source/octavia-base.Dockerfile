FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-base" \
    org.opencontainers.image.description="octavia-base on debian, type source" \
    org.opencontainers.image.title="octavia-base"



RUN usermod --append --groups kolla octavia \
    && install --directory --owner=octavia --group=octavia --mode=0750 /var/lib/octavia


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-openvswitch \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD octavia-base-archive /octavia-base-source
RUN ln --symbolic octavia-base-source/* /octavia \
    && kolla_pip_install \
        /octavia \
    && mkdir --parents /etc/octavia \
    && if [ -d /octavia/etc ]; then cp --recursive /octavia/etc/. /etc/octavia/; fi

COPY kolla_database /usr/local/bin/





