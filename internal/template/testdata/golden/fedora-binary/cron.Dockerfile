FROM kolla/fedora-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cron" \
    org.opencontainers.image.description="cron on fedora, type binary" \
    org.opencontainers.image.title="cron"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cronie \
        cronie-anacron \
        crontabs \
        logrotate \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service

COPY logrotate /etc/cron.daily/





