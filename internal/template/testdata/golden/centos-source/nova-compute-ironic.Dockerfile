FROM kolla/centos-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-compute-ironic" \
    org.opencontainers.image.description="nova-compute-ironic on centos, type source" \
    org.opencontainers.image.title="nova-compute-ironic"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        nvme-cli \
        xorriso \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER nova
