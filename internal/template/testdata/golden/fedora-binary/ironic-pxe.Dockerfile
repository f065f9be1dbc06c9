FROM kolla/fedora-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-pxe" \
    org.opencontainers.image.description="ironic-pxe on fedora, type binary" \
    org.opencontainers.image.title="ironic-pxe"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        dosfstools \
        grub2-efi-x64 \
        ipxe-bootimgs-x86 \
        mtools \
        shim-x64 \
        syslinux-tftpboot \
        tftp-server \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

ENV HTTPBOOT_PATH=/httpboot \
    TFTPBOOT_PATH=/tftpboot
COPY kolla_database /usr/local/bin/
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





