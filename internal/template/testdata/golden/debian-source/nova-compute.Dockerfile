FROM kolla/debian-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-compute" \
    org.opencontainers.image.description="nova-compute on debian, type source" \
    org.opencontainers.image.title="nova-compute"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ceph-common \
        dosfstools \
        e2fsprogs \
        genisoimage \
        libosinfo-bin \
        libsasl2-modules-gssapi-mit \
        multipath-tools \
        ndctl \
        nfs-common \
        nvme-cli \
        open-iscsi \
        openvswitch-switch \
        ovmf \
        parted \
        python3-guestfs \
        python3-libvirt \
        python3-rados \
        python3-rbd \
        qemu-block-extra \
        qemu-utils \
        rsync \
        sasl2-bin \
        swtpm \
        swtpm-tools \
        sysfsutils \
        tpm2-tools \
        xfsprogs \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN install --directory --owner=nova --group=nova /var/lib/nova/instances





USER nova
