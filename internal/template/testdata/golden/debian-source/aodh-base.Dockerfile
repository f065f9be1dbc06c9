FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-base" \
    org.opencontainers.image.description="aodh-base on debian, type source" \
    org.opencontainers.image.title="aodh-base"



RUN usermod --append --groups kolla aodh \
    && install --directory --owner=aodh --group=aodh --mode=0750 /var/lib/aodh



ADD aodh-base-archive /aodh-base-source
RUN ln --symbolic aodh-base-source/* /aodh \
    && kolla_pip_install \
        /aodh \
    && mkdir --parents /etc/aodh \
    && if [ -d /aodh/etc ]; then cp --recursive /aodh/etc/. /etc/aodh/; fi

COPY kolla_database /usr/local/bin/

RUN install --mode=0644 /aodh/aodh/api/api-paste.ini /etc/aodh/





