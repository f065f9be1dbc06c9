FROM kolla/rocky-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-compute" \
    org.opencontainers.image.description="nova-compute on rocky, type binary" \
    org.opencontainers.image.title="nova-compute"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        ceph-common \
        cyrus-sasl-md5 \
        cyrus-sasl-scram \
        device-mapper-multipath \
        dosfstools \
        e2fsprogs \
        edk2-ovmf \
        iscsi-initiator-utils \
        libosinfo \
        ndctl \
        nfs-utils \
        nvme-cli \
        openstack-nova-compute \
        parted \
        python3-libguestfs \
        python3-libvirt \
        qemu-img \
        qemu-kvm-block-rbd \
        rsync \
        swtpm \
        sysfsutils \
        xfsprogs \
        xorriso \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN install --directory --owner=nova --group=nova /var/lib/nova/instances





USER nova
