FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="letsencrypt-lego" \
    org.opencontainers.image.description="letsencrypt-lego on rocky, type binary" \
    org.opencontainers.image.title="letsencrypt-lego"



RUN usermod --append --groups kolla --shell /bin/bash letsencrypt \
    && install --directory --owner=letsencrypt --group=letsencrypt --mode=0750 /var/lib/letsencrypt


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        cronie \
        openssh-clients \
        openssl \
        rsync \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/lego)" \
    && ln --symbolic /usr/bin/lego /opt/lego
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY letsencrypt_certificates /usr/bin/letsencrypt-certificates
COPY sync_and_update_certificate /usr/bin/sync-and-update-certificate





