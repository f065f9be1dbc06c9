FROM kolla/ubuntu-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openstack-base" \
    org.opencontainers.image.description="openstack-base on ubuntu, type binary" \
    org.opencontainers.image.title="openstack-base"



RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        software-properties-common \
        ubuntu-cloud-keyring \
    && add-apt-repository --yes --no-update cloud-archive:epoxy \
    && apt-get purge --yes --auto-remove software-properties-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-etcd3gw \
        python3-keystonemiddleware \
        python3-memcache \
        python3-openstackclient \
        python3-oslo.concurrency \
        python3-oslo.db \
        python3-oslo.messaging \
        python3-oslo.middleware \
        python3-oslo.policy \
        python3-oslo.reports \
        python3-oslo.rootwrap \
        python3-oslo.service \
        python3-oslo.upgradecheck \
        python3-oslo.versionedobjects \
        python3-pymysql \
        python3-redis \
        python3-tooz \
        uwsgi-core \
        uwsgi-plugin-python3 \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN ln --symbolic /usr /var/lib/kolla/venv \
    && ln --symbolic dist-packages /usr/lib/python3/site-packages
COPY uwsgi /usr/local/bin/





