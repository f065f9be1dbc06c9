FROM kolla/oraclelinux-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-api" \
    org.opencontainers.image.description="nova-api on oraclelinux, type binary" \
    org.opencontainers.image.title="nova-api"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-nova-api \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER nova
