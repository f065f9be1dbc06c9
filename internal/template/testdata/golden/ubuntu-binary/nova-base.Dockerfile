FROM kolla/ubuntu-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-base" \
    org.opencontainers.image.description="nova-base on ubuntu, type binary" \
    org.opencontainers.image.title="nova-base"




RUN usermod --append --groups kolla,qemu nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        nova-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'nova ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/nova-rootwrap /etc/nova/rootwrap.conf *' \
        '/usr/bin/nova-rootwrap-daemon /etc/nova/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_nova \
    && chmod 0440 /etc/sudoers.d/kolla_nova





