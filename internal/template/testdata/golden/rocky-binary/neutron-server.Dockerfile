FROM kolla/rocky-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" name="neutron-server"


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-neutron \
        openstack-neutron-ml2 \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete




USER neutron
