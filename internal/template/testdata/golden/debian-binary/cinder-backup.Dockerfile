FROM kolla/debian-binary-cinder-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cinder-backup" \
    org.opencontainers.image.description="cinder-backup on debian, type binary" \
    org.opencontainers.image.title="cinder-backup"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ceph-common \
        cinder-backup \
        cryptsetup-bin \
        lsscsi \
        multipath-tools \
        nfs-common \
        nvme-cli \
        open-iscsi \
        python3-rados \
        python3-rbd \
        qemu-utils \
        sysfsutils \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER cinder
