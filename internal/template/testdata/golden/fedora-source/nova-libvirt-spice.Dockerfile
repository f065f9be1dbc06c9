FROM kolla/fedora-source-nova-libvirt:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-libvirt-spice" \
    org.opencontainers.image.description="nova-libvirt-spice on fedora, type source" \
    org.opencontainers.image.title="nova-libvirt-spice"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        qemu-audio-spice \
        qemu-char-spice \
        qemu-ui-spice-core \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





