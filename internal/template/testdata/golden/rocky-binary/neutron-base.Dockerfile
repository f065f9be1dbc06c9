FROM kolla/rocky-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="neutron-base"


RUN groupadd --gid 42435 neutron \
    && useradd --no-log-init --uid 42435 --gid neutron --groups kolla \
        --no-create-home --home-dir /var/lib/neutron --shell /usr/sbin/nologin neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-neutron-common \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




