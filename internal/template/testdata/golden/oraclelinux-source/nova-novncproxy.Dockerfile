FROM kolla/oraclelinux-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-novncproxy" \
    org.opencontainers.image.description="nova-novncproxy on oraclelinux, type source" \
    org.opencontainers.image.title="nova-novncproxy"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        novnc \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER nova
