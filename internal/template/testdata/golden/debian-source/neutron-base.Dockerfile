FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-base" \
    org.opencontainers.image.description="neutron-base on debian, type source" \
    org.opencontainers.image.title="neutron-base"



RUN usermod --append --groups kolla neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-openvswitch \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD neutron-base-archive /neutron-base-source
RUN ln --symbolic neutron-base-source/* /neutron \
    && kolla_pip_install \
        /neutron \
    && mkdir --parents /etc/neutron \
    && if [ -d /neutron/etc ]; then cp --recursive /neutron/etc/. /etc/neutron/; fi \
    && if [ -d /neutron/etc/neutron ]; then cp --recursive /neutron/etc/neutron/. /etc/neutron/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'neutron ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/neutron-rootwrap /etc/neutron/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/neutron-rootwrap-daemon /etc/neutron/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        '/usr/bin/update-alternatives --auto *tables' \
        '/usr/bin/update-alternatives --set *tables /usr/sbin/*tables-legacy' \
        > /etc/sudoers.d/kolla_neutron \
    && chmod 0440 /etc/sudoers.d/kolla_neutron \
    && if [ -f /etc/neutron/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/neutron/rootwrap.conf; fi
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





