FROM kolla/centos-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-base" \
    org.opencontainers.image.description="neutron-base on centos, type binary" \
    org.opencontainers.image.title="neutron-base"



RUN usermod --append --groups kolla neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-neutron-common \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/
RUN printf 'neutron ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/neutron-rootwrap /etc/neutron/rootwrap.conf *' \
        '/usr/bin/neutron-rootwrap-daemon /etc/neutron/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_neutron \
    && chmod 0440 /etc/sudoers.d/kolla_neutron






