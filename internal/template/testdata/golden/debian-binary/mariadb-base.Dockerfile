FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mariadb-base" \
    org.opencontainers.image.description="mariadb-base on debian, type binary" \
    org.opencontainers.image.title="mariadb-base"



RUN usermod --append --groups kolla mysql \
    && install --directory --owner=mysql --group=mysql --mode=0750 /var/lib/mysql


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        mariadb-client \
        socat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





