FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-base" \
    org.opencontainers.image.description="kerbside-base on debian, type source" \
    org.opencontainers.image.title="kerbside-base"



RUN usermod --append --groups kolla kerbside \
    && install --directory --owner=kerbside --group=kerbside --mode=0750 /var/lib/kerbside


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        libmariadb-dev-compat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD kerbside-base-archive /kerbside-base-source
RUN ln --symbolic kerbside-base-source/* /kerbside \
    && kolla_pip_install \
        /kerbside \
    && mkdir --parents /etc/kerbside \
    && if [ -d /kerbside/etc ]; then cp --recursive /kerbside/etc/. /etc/kerbside/; fi





