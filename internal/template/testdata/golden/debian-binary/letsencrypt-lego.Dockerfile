FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="letsencrypt-lego" \
    org.opencontainers.image.description="letsencrypt-lego on debian, type binary" \
    org.opencontainers.image.title="letsencrypt-lego"



RUN usermod --append --groups kolla --shell /bin/bash letsencrypt \
    && install --directory --owner=letsencrypt --group=letsencrypt --mode=0750 /var/lib/letsencrypt


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        cron \
        lego \
        openssh-client \
        openssl \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/lego)" \
    && ln --symbolic /usr/bin/lego /opt/lego
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY letsencrypt_certificates /usr/bin/letsencrypt-certificates
COPY sync_and_update_certificate /usr/bin/sync-and-update-certificate





