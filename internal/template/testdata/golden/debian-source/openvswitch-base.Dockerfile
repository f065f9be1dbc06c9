FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openvswitch-base" \
    org.opencontainers.image.description="openvswitch-base on debian, type source" \
    org.opencontainers.image.title="openvswitch-base"



RUN usermod --append --groups kolla openvswitch \
    && install --directory --owner=openvswitch --group=openvswitch --mode=0750 /var/lib/openvswitch


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        openvswitch-switch \
        python3-openvswitch \
        tcpdump \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -rf /etc/openvswitch/conf.db /etc/openvswitch/system-id.conf /var/lib/openvswitch/*
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY ovs_prepare_database ovs_wrapper /usr/local/bin/





