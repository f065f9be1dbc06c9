FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="heat-base" \
    org.opencontainers.image.description="heat-base on debian, type source" \
    org.opencontainers.image.title="heat-base"



RUN usermod --append --groups kolla heat \
    && install --directory --owner=heat --group=heat --mode=0750 /var/lib/heat



ADD heat-base-archive /heat-base-source
RUN ln --symbolic heat-base-source/* /heat \
    && kolla_pip_install \
        /heat \
    && mkdir --parents /etc/heat \
    && if [ -d /heat/etc/heat ]; then cp --recursive /heat/etc/heat/. /etc/heat/; fi

COPY kolla_database /usr/local/bin/





