FROM kolla/debian-source-keystone-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone-fernet" \
    org.opencontainers.image.description="keystone-fernet on debian, type source" \
    org.opencontainers.image.title="keystone-fernet"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        cron \
        openssh-client \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY fetch_fernet_tokens.py /usr/bin/
COPY keystone_bootstrap.sh /usr/local/bin/kolla_keystone_bootstrap





