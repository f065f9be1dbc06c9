FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="glance-base"


RUN groupadd --gid 42415 glance \
    && useradd --no-log-init --uid 42415 --gid glance --groups kolla \
        --no-create-home --home-dir /var/lib/glance --shell /usr/sbin/nologin glance \
    && install --directory --owner=glance --group=glance --mode=0750 /var/lib/glance
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        glance-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




