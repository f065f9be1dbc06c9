FROM kolla/debian-source-swift-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-rsyncd" \
    org.opencontainers.image.description="swift-rsyncd on debian, type source" \
    org.opencontainers.image.title="swift-rsyncd"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
RUN printf 'swift ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/chown swift\:swift /srv/node/*' \
        > /etc/sudoers.d/kolla_swift \
    && chmod 0440 /etc/sudoers.d/kolla_swift





USER swift
