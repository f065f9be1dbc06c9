FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="proxysql" \
    org.opencontainers.image.description="proxysql on debian, type binary" \
    org.opencontainers.image.title="proxysql"



RUN usermod --append --groups kolla proxysql \
    && install --directory --owner=proxysql --group=proxysql --mode=0750 /var/lib/proxysql


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        proxysql \
        python3-yaml \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN install --owner=proxysql --group=proxysql --mode=0600 /dev/null /etc/proxysql.cnf \
    && install --directory --owner=proxysql --group=proxysql --mode=0770 /var/lib/kolla/proxysql
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY proxysql_config_sync.py /usr/local/bin/kolla_proxysql_config_sync





USER proxysql
