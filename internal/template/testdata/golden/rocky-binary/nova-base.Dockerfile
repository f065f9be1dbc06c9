FROM kolla/rocky-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-base" \
    org.opencontainers.image.description="nova-base on rocky, type binary" \
    org.opencontainers.image.title="nova-base"




RUN usermod --append --groups kolla,qemu nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-nova-common \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'nova ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/nova-rootwrap /etc/nova/rootwrap.conf *' \
        '/usr/bin/nova-rootwrap-daemon /etc/nova/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_nova \
    && chmod 0440 /etc/sudoers.d/kolla_nova





