FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" name="cron"


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cronie \
        logrotate \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete




