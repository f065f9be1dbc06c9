FROM kolla/rocky-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-base" \
    org.opencontainers.image.description="nova-base on rocky, type source" \
    org.opencontainers.image.title="nova-base"




RUN usermod --append --groups kolla,qemu nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        iproute \
        openssh-clients \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
ADD nova-base-archive /nova-base-source
RUN ln --symbolic nova-base-source/* /nova \
    && kolla_pip_install \
        /nova[vmware] \
    && mkdir --parents /etc/nova \
    && if [ -d /nova/etc/nova ]; then cp --recursive /nova/etc/nova/. /etc/nova/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'nova ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/nova-rootwrap /etc/nova/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/nova-rootwrap-daemon /etc/nova/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_nova \
    && chmod 0440 /etc/sudoers.d/kolla_nova \
    && if [ -f /etc/nova/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/nova/rootwrap.conf; fi





