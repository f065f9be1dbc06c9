FROM kolla/debian-binary-nova-libvirt:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-libvirt-spice" \
    org.opencontainers.image.description="nova-libvirt-spice on debian, type binary" \
    org.opencontainers.image.title="nova-libvirt-spice"










