FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zun-base" \
    org.opencontainers.image.description="zun-base on debian, type source" \
    org.opencontainers.image.title="zun-base"



RUN usermod --append --groups kolla zun \
    && install --directory --owner=zun --group=zun --mode=0750 /var/lib/zun


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        numactl \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD zun-base-archive /zun-base-source
RUN ln --symbolic zun-base-source/* /zun \
    && kolla_pip_install \
        /zun \
    && mkdir --parents /etc/zun \
    && if [ -d /zun/etc/zun ]; then cp --recursive /zun/etc/zun/. /etc/zun/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'zun ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/zun-rootwrap /etc/zun/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/zun-rootwrap-daemon /etc/zun/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_zun \
    && chmod 0440 /etc/sudoers.d/kolla_zun \
    && if [ -f /etc/zun/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/zun/rootwrap.conf; fi





