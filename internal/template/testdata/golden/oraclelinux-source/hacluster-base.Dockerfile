FROM kolla/oraclelinux-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-base" \
    org.opencontainers.image.description="hacluster-base on oraclelinux, type source" \
    org.opencontainers.image.title="hacluster-base"



RUN usermod --append --groups kolla --home /var/lib/pacemaker hacluster \
    && install --directory --owner=hacluster --group=haclient --mode=0750 /var/lib/pacemaker

RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        dnf-plugins-core \
    && dnf config-manager --set-enabled ol10_addons \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





