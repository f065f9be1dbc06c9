FROM kolla/centos-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone-base" \
    org.opencontainers.image.description="keystone-base on centos, type source" \
    org.opencontainers.image.title="keystone-base"



RUN usermod --append --groups kolla keystone \
    && install --directory --owner=keystone --group=keystone --mode=0750 /var/lib/keystone


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cyrus-sasl-devel \
        openldap-devel \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
ADD keystone-base-archive /keystone-base-source
RUN ln --symbolic keystone-base-source/* /keystone \
    && kolla_pip_install \
        /keystone[ldap] \
    && mkdir --parents /etc/keystone \
    && if [ -d /keystone/etc ]; then cp --recursive /keystone/etc/. /etc/keystone/; fi

COPY kolla_database /usr/local/bin/





