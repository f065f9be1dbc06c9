FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" name="mariadb"


RUN groupadd --gid 42434 mysql \
    && useradd --no-log-init --uid 42434 --gid mysql --groups kolla \
        --no-create-home --home-dir /var/lib/mysql --shell /usr/sbin/nologin mysql \
    && install --directory --owner=mysql --group=mysql --mode=0750 /var/lib/mysql
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        mariadb-backup \
        mariadb-server \
        mariadb-server-galera \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN rm -rf /var/lib/mysql \
    && install --directory --owner=mysql --group=mysql --mode=0750 /run/mysqld /var/lib/mysql
COPY extend_start.sh /usr/local/bin/kolla_extend_start




USER mysql
