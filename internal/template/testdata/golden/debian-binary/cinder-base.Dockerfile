FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cinder-base" \
    org.opencontainers.image.description="cinder-base on debian, type binary" \
    org.opencontainers.image.title="cinder-base"



RUN usermod --append --groups kolla cinder \
    && install --directory --owner=cinder --group=cinder --mode=0750 /var/lib/cinder


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        cinder-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'cinder ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/cinder-rootwrap /etc/cinder/rootwrap.conf *' \
        '/usr/bin/cinder-rootwrap-daemon /etc/cinder/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_cinder \
    && chmod 0440 /etc/sudoers.d/kolla_cinder





