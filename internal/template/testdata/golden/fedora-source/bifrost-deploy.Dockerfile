FROM kolla/fedora-source-bifrost-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="bifrost-deploy" \
    org.opencontainers.image.description="bifrost-deploy on fedora, type source" \
    org.opencontainers.image.title="bifrost-deploy"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        e2fsprogs \
        systemd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN find /etc/systemd/system /usr/lib/systemd/system -path '*.wants/*' -type l \
        ! -name systemd-tmpfiles-setup.service -delete





ENV container=oci
ENTRYPOINT []
CMD ["/sbin/init"]



