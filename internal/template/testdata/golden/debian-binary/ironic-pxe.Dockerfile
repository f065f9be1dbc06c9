FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-pxe" \
    org.opencontainers.image.description="ironic-pxe on debian, type binary" \
    org.opencontainers.image.title="ironic-pxe"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        dosfstools \
        grub-efi-amd64-signed \
        ipxe \
        mtools \
        pxelinux \
        shim-signed \
        syslinux-common \
        tftpd-hpa \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

ENV HTTPBOOT_PATH=/httpboot \
    TFTPBOOT_PATH=/tftpboot
COPY kolla_database /usr/local/bin/
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





