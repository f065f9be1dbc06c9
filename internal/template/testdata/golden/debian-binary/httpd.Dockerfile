FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="httpd" \
    org.opencontainers.image.description="httpd on debian, type binary" \
    org.opencontainers.image.title="httpd"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        apache2 \
        libapache2-mod-auth-mellon \
        libapache2-mod-auth-openidc \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN truncate --size=0 /etc/apache2/ports.conf
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





