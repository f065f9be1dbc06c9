FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ceilometer-base" \
    org.opencontainers.image.description="ceilometer-base on debian, type binary" \
    org.opencontainers.image.title="ceilometer-base"



RUN usermod --append --groups kolla ceilometer \
    && install --directory --owner=ceilometer --group=ceilometer --mode=0750 /var/lib/ceilometer


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ceilometer-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'ceilometer ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/ceilometer-rootwrap /etc/ceilometer/rootwrap.conf *' \
        '/usr/bin/ceilometer-rootwrap-daemon /etc/ceilometer/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_ceilometer \
    && chmod 0440 /etc/sudoers.d/kolla_ceilometer





