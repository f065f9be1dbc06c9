FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-inspector" \
    org.opencontainers.image.description="ironic-inspector on debian, type binary" \
    org.opencontainers.image.title="ironic-inspector"



RUN usermod --append --groups kolla ironic-inspector \
    && install --directory --owner=ironic-inspector --group=ironic-inspector --mode=0750 /var/lib/ironic-inspector


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        dnsmasq-base \
        iptables \
        ironic-inspector \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'ironic-inspector ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/ironic-inspector-rootwrap /etc/ironic-inspector/rootwrap.conf *' \
        '/usr/bin/ironic-inspector-rootwrap-daemon /etc/ironic-inspector/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_ironic-inspector \
    && chmod 0440 /etc/sudoers.d/kolla_ironic-inspector





USER ironic-inspector
