FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="barbican-base" \
    org.opencontainers.image.description="barbican-base on debian, type binary" \
    org.opencontainers.image.title="barbican-base"




RUN groupadd --force --gid 42493 hsmusers \
    && groupadd --force --gid 42481 nfast
RUN usermod --append --groups kolla,hsmusers,nfast barbican \
    && install --directory --owner=barbican --group=barbican --mode=0750 /var/lib/barbican


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        barbican-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


COPY kolla_database /usr/local/bin/





