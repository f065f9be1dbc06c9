FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-base" \
    org.opencontainers.image.description="ironic-base on debian, type source" \
    org.opencontainers.image.title="ironic-base"



RUN usermod --append --groups kolla ironic \
    && install --directory --owner=ironic --group=ironic --mode=0750 /var/lib/ironic



ADD ironic-base-archive /ironic-base-source
RUN ln --symbolic ironic-base-source/* /ironic \
    && kolla_pip_install \
        /ironic[ansible,networking-generic-switch] \
    && mkdir --parents /etc/ironic \
    && if [ -d /ironic/etc/ironic ]; then cp --recursive /ironic/etc/ironic/. /etc/ironic/; fi

COPY kolla_database /usr/local/bin/

RUN install --directory --owner=ironic --group=ironic --mode=2775 /var/lib/ironic-metrics





