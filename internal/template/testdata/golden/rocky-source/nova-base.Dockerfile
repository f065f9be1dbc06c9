FROM kolla/rocky-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="nova-base"


RUN groupadd --gid 42436 nova \
    && useradd --no-log-init --uid 42436 --gid nova --groups kolla \
        --no-create-home --home-dir /var/lib/nova --shell /usr/sbin/nologin nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        iproute \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
ADD nova-base-archive /nova-base-source
RUN ln --symbolic nova-base-source/* /nova \
    && kolla_pip_install \
        /nova \
    && mkdir --parents /etc/nova \
    && if [ -d /nova/etc/nova ]; then cp --recursive /nova/etc/nova/. /etc/nova/; fi
COPY kolla_database /usr/local/bin/




