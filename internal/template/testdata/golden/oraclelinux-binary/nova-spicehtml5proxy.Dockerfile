FROM kolla/oraclelinux-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-spicehtml5proxy" \
    org.opencontainers.image.description="nova-spicehtml5proxy on oraclelinux, type binary" \
    org.opencontainers.image.title="nova-spicehtml5proxy"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-nova-spicehtml5proxy \
        spice-html5 \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER nova
