FROM kolla/oraclelinux-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone-base" \
    org.opencontainers.image.description="keystone-base on oraclelinux, type binary" \
    org.opencontainers.image.title="keystone-base"



RUN usermod --append --groups kolla keystone \
    && install --directory --owner=keystone --group=keystone --mode=0750 /var/lib/keystone


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-keystone \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/





