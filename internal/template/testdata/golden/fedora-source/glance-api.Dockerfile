FROM kolla/fedora-source-glance-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="glance-api" \
    org.opencontainers.image.description="glance-api on fedora, type source" \
    org.opencontainers.image.title="glance-api"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        device-mapper-multipath \
        iscsi-initiator-utils \
        lsscsi \
        nfs-utils \
        nvme-cli \
        python3-rados \
        python3-rbd \
        qemu-img \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN cp --recursive /var/lib/kolla/venv/etc/glance/. /etc/glance/
RUN printf 'glance ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/glance-rootwrap /etc/glance/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/glance-rootwrap-daemon /etc/glance/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_glance \
    && chmod 0440 /etc/sudoers.d/kolla_glance \
    && if [ -f /etc/glance/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/glance/rootwrap.conf; fi





USER glance
