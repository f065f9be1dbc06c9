FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="glance-base"


RUN groupadd --gid 42415 glance \
    && useradd --no-log-init --uid 42415 --gid glance --groups kolla \
        --no-create-home --home-dir /var/lib/glance --shell /usr/sbin/nologin glance \
    && install --directory --owner=glance --group=glance --mode=0750 /var/lib/glance
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        qemu-utils \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete
ADD glance-base-archive /glance-base-source
RUN ln --symbolic glance-base-source/* /glance \
    && kolla_pip_install \
        /glance \
    && mkdir --parents /etc/glance \
    && if [ -d /glance/etc ]; then cp --recursive /glance/etc/. /etc/glance/; fi
COPY kolla_database /usr/local/bin/




