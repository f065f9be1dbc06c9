FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-base" \
    org.opencontainers.image.description="designate-base on debian, type binary" \
    org.opencontainers.image.title="designate-base"



RUN usermod --append --groups kolla designate \
    && install --directory --owner=designate --group=designate --mode=0750 /var/lib/designate


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        designate-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'designate ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/designate-rootwrap /etc/designate/rootwrap.conf *' \
        '/usr/bin/designate-rootwrap-daemon /etc/designate/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_designate \
    && chmod 0440 /etc/sudoers.d/kolla_designate





