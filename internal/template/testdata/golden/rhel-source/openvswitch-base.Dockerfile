FROM kolla/rhel-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openvswitch-base" \
    org.opencontainers.image.description="openvswitch-base on rhel, type source" \
    org.opencontainers.image.title="openvswitch-base"



RUN usermod --append --groups kolla openvswitch \
    && install --directory --owner=openvswitch --group=openvswitch --mode=0750 /var/lib/openvswitch


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        tcpdump \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN rm -rf /etc/openvswitch/conf.db /etc/openvswitch/system-id.conf /var/lib/openvswitch/*
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY ovs_prepare_database ovs_wrapper /usr/local/bin/





