FROM kolla/rocky-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="glance-base"


RUN groupadd --gid 42415 glance \
    && useradd --no-log-init --uid 42415 --gid glance --groups kolla \
        --no-create-home --home-dir /var/lib/glance --shell /usr/sbin/nologin glance \
    && install --directory --owner=glance --group=glance --mode=0750 /var/lib/glance
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-glance \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




