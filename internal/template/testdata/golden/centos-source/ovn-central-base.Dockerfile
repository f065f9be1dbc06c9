FROM kolla/centos-source-ovn-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-central-base" \
    org.opencontainers.image.description="ovn-central-base on centos, type source" \
    org.opencontainers.image.title="ovn-central-base"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        rdo-ovn-central \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





