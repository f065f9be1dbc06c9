FROM kolla/rocky-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="glance-base"


RUN groupadd --gid 42415 glance \
    && useradd --no-log-init --uid 42415 --gid glance --groups kolla \
        --no-create-home --home-dir /var/lib/glance --shell /usr/sbin/nologin glance \
    && install --directory --owner=glance --group=glance --mode=0750 /var/lib/glance
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        qemu-img \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
ADD glance-base-archive /glance-base-source
RUN ln --symbolic glance-base-source/* /glance \
    && kolla_pip_install \
        /glance \
    && mkdir --parents /etc/glance \
    && if [ -d /glance/etc ]; then cp --recursive /glance/etc/. /etc/glance/; fi
COPY kolla_database /usr/local/bin/




