FROM kolla/fedora-binary-hacluster-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-pcs" \
    org.opencontainers.image.description="hacluster-pcs on fedora, type binary" \
    org.opencontainers.image.title="hacluster-pcs"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        pcs \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





