FROM kolla/debian-source-glance-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="glance-api" \
    org.opencontainers.image.description="glance-api on debian, type source" \
    org.opencontainers.image.title="glance-api"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        lsscsi \
        multipath-tools \
        nfs-common \
        nvme-cli \
        open-iscsi \
        python3-rados \
        python3-rbd \
        qemu-utils \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN if [ -d /var/lib/kolla/venv/etc/glance ]; then cp --recursive /var/lib/kolla/venv/etc/glance/. /etc/glance/; fi
RUN printf 'glance ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/glance-rootwrap /etc/glance/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/glance-rootwrap-daemon /etc/glance/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_glance \
    && chmod 0440 /etc/sudoers.d/kolla_glance \
    && if [ -f /etc/glance/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/glance/rootwrap.conf; fi





USER glance
