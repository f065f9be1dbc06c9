FROM kolla/fedora-source-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-base" \
    org.opencontainers.image.description="ovn-base on fedora, type source" \
    org.opencontainers.image.title="ovn-base"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        ovn \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





