FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="blazar-base" \
    org.opencontainers.image.description="blazar-base on debian, type source" \
    org.opencontainers.image.title="blazar-base"



RUN usermod --append --groups kolla blazar \
    && install --directory --owner=blazar --group=blazar --mode=0750 /var/lib/blazar



ADD blazar-base-archive /blazar-base-source
RUN ln --symbolic blazar-base-source/* /blazar \
    && kolla_pip_install \
        /blazar \
    && mkdir --parents /etc/blazar \
    && if [ -d /blazar/etc/blazar ]; then cp --recursive /blazar/etc/blazar/. /etc/blazar/; fi

COPY kolla_database /usr/local/bin/





