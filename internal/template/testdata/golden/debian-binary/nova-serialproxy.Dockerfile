FROM kolla/debian-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-serialproxy" \
    org.opencontainers.image.description="nova-serialproxy on debian, type binary" \
    org.opencontainers.image.title="nova-serialproxy"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
<<<<<<<< HEAD:internal/template/testdata/golden/debian-binary/nova-serialproxy.Dockerfile
        nova-consoleproxy \
========
        glance-api \
        lsscsi \
        multipath-tools \
        nfs-common \
        nvme-cli \
        open-iscsi \
        python3-rados \
        python3-rbd \
        qemu-utils \
>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/glance-api.Dockerfile
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete



RUN printf 'glance ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/glance-rootwrap /etc/glance/rootwrap.conf *' \
        '/usr/bin/glance-rootwrap-daemon /etc/glance/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_glance \
    && chmod 0440 /etc/sudoers.d/kolla_glance





USER nova
