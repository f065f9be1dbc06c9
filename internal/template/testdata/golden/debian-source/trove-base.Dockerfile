FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-base" \
    org.opencontainers.image.description="trove-base on debian, type source" \
    org.opencontainers.image.title="trove-base"



RUN usermod --append --groups kolla trove \
    && install --directory --owner=trove --group=trove --mode=0750 /var/lib/trove



ADD trove-base-archive /trove-base-source
RUN ln --symbolic trove-base-source/* /trove \
    && kolla_pip_install \
        /trove \
    && mkdir --parents /etc/trove \
    && if [ -d /trove/etc/trove ]; then cp --recursive /trove/etc/trove/. /etc/trove/; fi

COPY kolla_database /usr/local/bin/





