FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="gnocchi-base" \
    org.opencontainers.image.description="gnocchi-base on debian, type source" \
    org.opencontainers.image.title="gnocchi-base"



RUN usermod --append --groups kolla gnocchi \
    && install --directory --owner=gnocchi --group=gnocchi --mode=0750 /var/lib/gnocchi


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-rados \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD gnocchi-base-archive /gnocchi-base-source
RUN ln --symbolic gnocchi-base-source/* /gnocchi \
    && kolla_pip_install \
        /gnocchi[keystone,mysql,file,ceph,s3] \
    && mkdir --parents /etc/gnocchi \
    && if [ -d /gnocchi/etc ]; then cp --recursive /gnocchi/etc/. /etc/gnocchi/; fi

COPY kolla_database /usr/local/bin/





