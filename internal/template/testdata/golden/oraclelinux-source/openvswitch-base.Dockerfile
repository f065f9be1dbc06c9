FROM kolla/oraclelinux-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openvswitch-base" \
    org.opencontainers.image.description="openvswitch-base on oraclelinux, type source" \
    org.opencontainers.image.title="openvswitch-base"



RUN usermod --append --groups kolla openvswitch \
    && install --directory --owner=openvswitch --group=openvswitch --mode=0750 /var/lib/openvswitch


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        tcpdump \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN rm -rf /etc/openvswitch/conf.db /etc/openvswitch/system-id.conf /var/lib/openvswitch/*
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY ovs_prepare_database ovs_wrapper /usr/local/bin/





