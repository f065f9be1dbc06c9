FROM kolla/rhel-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cron" \
    org.opencontainers.image.description="cron on rhel, type source" \
    org.opencontainers.image.title="cron"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cronie \
        cronie-anacron \
        crontabs \
        logrotate \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service

COPY logrotate /etc/cron.daily/





