FROM kolla/debian-binary-mariadb-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mariadb-server" \
    org.opencontainers.image.description="mariadb-server on debian, type binary" \
    org.opencontainers.image.title="mariadb-server"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        mariadb-backup \
        mariadb-server \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -rf /var/lib/mysql \
    && install --directory --owner=mysql --group=mysql --mode=0750 /run/mysqld /var/lib/mysql
COPY backup.sh /usr/local/bin/kolla_mariadb_backup.sh
COPY backup_replica.sh /usr/local/bin/kolla_mariadb_backup_replica.sh
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY healthcheck.sh /usr/bin/

ENTRYPOINT ["dumb-init", "--"]
CMD ["kolla_start"]





USER mysql
