FROM kolla/centos-binary-mariadb-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mariadb-server" \
    org.opencontainers.image.description="mariadb-server on centos, type binary" \
    org.opencontainers.image.title="mariadb-server"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        mariadb-backup \
        mariadb-server \
        mariadb-server-galera \
        rsync \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
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
