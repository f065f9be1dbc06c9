FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-base" \
    org.opencontainers.image.description="neutron-base on debian, type binary" \
    org.opencontainers.image.title="neutron-base"



RUN usermod --append --groups kolla neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        neutron-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'neutron ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/neutron-rootwrap /etc/neutron/rootwrap.conf *' \
        '/usr/bin/neutron-rootwrap-daemon /etc/neutron/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        '/usr/bin/update-alternatives --auto *tables' \
        '/usr/bin/update-alternatives --set *tables /usr/sbin/*tables-legacy' \
        > /etc/sudoers.d/kolla_neutron \
    && chmod 0440 /etc/sudoers.d/kolla_neutron
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





