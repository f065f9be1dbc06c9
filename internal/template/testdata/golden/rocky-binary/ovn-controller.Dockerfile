FROM kolla/rocky-binary-ovn-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-controller" \
    org.opencontainers.image.description="ovn-controller on rocky, type binary" \
    org.opencontainers.image.title="ovn-controller"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        rdo-ovn-host \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





