FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="manila-base" \
    org.opencontainers.image.description="manila-base on debian, type binary" \
    org.opencontainers.image.title="manila-base"



RUN usermod --append --groups kolla manila \
    && install --directory --owner=manila --group=manila --mode=0750 /var/lib/manila


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        manila-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'manila ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/manila-rootwrap /etc/manila/rootwrap.conf *' \
        '/usr/bin/manila-rootwrap-daemon /etc/manila/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_manila \
    && chmod 0440 /etc/sudoers.d/kolla_manila
RUN install --directory --owner=manila --group=manila --mode=0750 /var/cache/manila





