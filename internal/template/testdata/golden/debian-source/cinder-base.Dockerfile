FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cinder-base" \
    org.opencontainers.image.description="cinder-base on debian, type source" \
    org.opencontainers.image.title="cinder-base"



RUN usermod --append --groups kolla cinder \
    && install --directory --owner=cinder --group=cinder --mode=0750 /var/lib/cinder


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        udev \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD cinder-base-archive /cinder-base-source
RUN ln --symbolic cinder-base-source/* /cinder \
    && kolla_pip_install \
        /cinder \
    && mkdir --parents /etc/cinder \
    && if [ -d /cinder/etc/cinder ]; then cp --recursive /cinder/etc/cinder/. /etc/cinder/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'cinder ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/cinder-rootwrap /etc/cinder/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/cinder-rootwrap-daemon /etc/cinder/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_cinder \
    && chmod 0440 /etc/sudoers.d/kolla_cinder \
    && if [ -f /etc/cinder/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/cinder/rootwrap.conf; fi





