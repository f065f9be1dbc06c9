FROM kolla/rhel-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-base" \
    org.opencontainers.image.description="neutron-base on rhel, type binary" \
    org.opencontainers.image.title="neutron-base"



RUN usermod --append --groups kolla neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
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






