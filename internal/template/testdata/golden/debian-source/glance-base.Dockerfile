FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="glance-base" \
    org.opencontainers.image.description="glance-base on debian, type source" \
    org.opencontainers.image.title="glance-base"



RUN usermod --append --groups kolla glance \
    && install --directory --owner=glance --group=glance --mode=0750 /var/lib/glance



ADD glance-base-archive /glance-base-source
RUN ln --symbolic glance-base-source/* /glance \
    && kolla_pip_install \
        /glance \
        glance_store[cinder,s3,swift,vmware] \
    && mkdir --parents /etc/glance \
    && if [ -d /glance/etc ]; then cp --recursive /glance/etc/. /etc/glance/; fi

COPY kolla_database /usr/local/bin/





