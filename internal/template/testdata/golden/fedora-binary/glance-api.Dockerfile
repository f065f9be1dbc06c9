FROM kolla/fedora-binary-glance-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="glance-api" \
    org.opencontainers.image.description="glance-api on fedora, type binary" \
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



RUN printf 'glance ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/glance-rootwrap /etc/glance/rootwrap.conf *' \
        '/usr/bin/glance-rootwrap-daemon /etc/glance/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_glance \
    && chmod 0440 /etc/sudoers.d/kolla_glance





USER glance
