FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="placement-base" \
    org.opencontainers.image.description="placement-base on debian, type source" \
    org.opencontainers.image.title="placement-base"



RUN usermod --append --groups kolla placement \
    && install --directory --owner=placement --group=placement --mode=0750 /var/lib/placement



ADD placement-base-archive /placement-base-source
RUN ln --symbolic placement-base-source/* /placement \
    && kolla_pip_install \
        /placement \
    && mkdir --parents /etc/placement \
    && if [ -d /placement/etc/placement ]; then cp --recursive /placement/etc/placement/. /etc/placement/; fi

COPY kolla_database /usr/local/bin/





