FROM kolla/oraclelinux-source-hacluster-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-pacemaker-remote" \
    org.opencontainers.image.description="hacluster-pacemaker-remote on oraclelinux, type source" \
    org.opencontainers.image.title="hacluster-pacemaker-remote"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        pacemaker-remote \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN if [ ! -e /usr/sbin/pacemaker_remoted ]; then ln --symbolic pacemaker-remoted /usr/sbin/pacemaker_remoted; fi





