FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" name="openstack-base"



RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-memcache \
        python3-openstackclient \
        python3-pymysql \
        uwsgi-core \
        uwsgi-plugin-python3 \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete

COPY extend_start.sh /usr/local/bin/kolla_extend_start




