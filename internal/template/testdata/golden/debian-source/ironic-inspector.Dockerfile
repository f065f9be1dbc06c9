FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-inspector" \
    org.opencontainers.image.description="ironic-inspector on debian, type source" \
    org.opencontainers.image.title="ironic-inspector"



RUN usermod --append --groups kolla ironic-inspector \
    && install --directory --owner=ironic-inspector --group=ironic-inspector --mode=0750 /var/lib/ironic-inspector


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        dnsmasq-base \
        iptables \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD ironic-inspector-archive /ironic-inspector-source
RUN ln --symbolic ironic-inspector-source/* /ironic-inspector \
    && kolla_pip_install \
        /ironic-inspector \
    && mkdir --parents /etc/ironic-inspector \
    && if [ -d /ironic-inspector/etc ]; then cp --recursive /ironic-inspector/etc/. /etc/ironic-inspector/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'ironic-inspector ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/ironic-inspector-rootwrap /etc/ironic-inspector/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/ironic-inspector-rootwrap-daemon /etc/ironic-inspector/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_ironic-inspector \
    && chmod 0440 /etc/sudoers.d/kolla_ironic-inspector \
    && if [ -f /etc/ironic-inspector/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/ironic-inspector/rootwrap.conf; fi





USER ironic-inspector
