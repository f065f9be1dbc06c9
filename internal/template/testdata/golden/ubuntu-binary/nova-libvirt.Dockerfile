FROM kolla/ubuntu-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-libvirt" \
    org.opencontainers.image.description="nova-libvirt on ubuntu, type binary" \
    org.opencontainers.image.title="nova-libvirt"




RUN usermod --append --groups kolla,qemu nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ceph-common \
        ebtables \
        libsasl2-modules-gssapi-mit \
        libvirt-clients \
        libvirt-daemon-driver-storage-rbd \
        libvirt-daemon-system \
        mdevctl \
        openvswitch-switch \
        ovmf \
        qemu-block-extra \
        qemu-system-modules-spice \
        qemu-system-x86 \
        qemu-utils \
        sasl2-bin \
        swtpm \
        swtpm-tools \
        tpm2-tools \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -f /etc/libvirt/qemu/networks/default.xml /etc/libvirt/qemu/networks/autostart/default.xml
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY start_libvirt.sh /usr/local/bin/kolla_nova_libvirt_start





