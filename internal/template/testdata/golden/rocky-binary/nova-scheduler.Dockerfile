FROM kolla/rocky-binary-nova-base:0.0.0
LABEL maintainer="Kolla Project" name="nova-scheduler"


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-nova-scheduler \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete




USER nova
