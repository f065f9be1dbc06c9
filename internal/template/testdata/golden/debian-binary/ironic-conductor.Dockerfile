FROM kolla/debian-binary-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-conductor" \
    org.opencontainers.image.description="ironic-conductor on debian, type binary" \
    org.opencontainers.image.title="ironic-conductor"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        dosfstools \
        e2fsprogs \
        gdisk \
        genisoimage \
        ipmitool \
        ironic-conductor \
        mtools \
        openssh-client \
        parted \
        psmisc \
        python3-systemd \
        qemu-utils \
        shellinabox \
        udev \
        xfsprogs \
        xorriso \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER ironic
