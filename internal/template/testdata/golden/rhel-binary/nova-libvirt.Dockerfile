FROM kolla/rhel-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-libvirt" \
    org.opencontainers.image.description="nova-libvirt on rhel, type binary" \
    org.opencontainers.image.title="nova-libvirt"




RUN usermod --append --groups kolla,qemu nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cyrus-sasl-md5 \
        cyrus-sasl-scram \
        edk2-ovmf \
        libvirt-client \
        libvirt-daemon \
        libvirt-daemon-config-nwfilter \
        libvirt-daemon-driver-nodedev \
        libvirt-daemon-driver-nwfilter \
        libvirt-daemon-driver-qemu \
        libvirt-daemon-driver-secret \
        libvirt-daemon-driver-storage \
        libvirt-daemon-log \
        mdevctl \
        qemu-img \
        qemu-kvm \
        swtpm \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN rm -f /etc/libvirt/qemu/networks/default.xml /etc/libvirt/qemu/networks/autostart/default.xml
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY start_libvirt.sh /usr/local/bin/kolla_nova_libvirt_start





