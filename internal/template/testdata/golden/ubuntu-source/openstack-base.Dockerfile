FROM kolla/ubuntu-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openstack-base" \
    org.opencontainers.image.description="openstack-base on ubuntu, type source" \
    org.opencontainers.image.title="openstack-base"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        build-essential \
        git \
        libffi-dev \
        libssl-dev \
        libxml2-dev \
        libxslt1-dev \
        libyaml-dev \
        pkg-config \
        python3-dev \
        python3-etcd3gw \
        python3-memcache \
        python3-pbr \
        python3-pymysql \
        python3-redis \
        python3-setuptools \
        python3-venv \
        python3-wheel \
        uwsgi-core \
        uwsgi-plugin-python3 \
        zlib1g-dev \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


ADD openstack-base-archive /openstack-base-source
ENV PATH=/var/lib/kolla/venv/bin:$PATH

RUN ln --symbolic openstack-base-source/* /requirements \
    && python3 -m venv --system-site-packages /var/lib/kolla/venv \
    && ln --symbolic "$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')" /var/lib/kolla/venv/lib/python3

COPY uwsgi /usr/local/bin/





