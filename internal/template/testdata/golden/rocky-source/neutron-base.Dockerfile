FROM kolla/rocky-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="neutron-base"


RUN groupadd --gid 42435 neutron \
    && useradd --no-log-init --uid 42435 --gid neutron --groups kolla \
        --no-create-home --home-dir /var/lib/neutron --shell /usr/sbin/nologin neutron \
    && install --directory --owner=neutron --group=neutron --mode=0750 /var/lib/neutron

ADD neutron-base-archive /neutron-base-source
RUN ln --symbolic neutron-base-source/* /neutron \
    && kolla_pip_install \
        /neutron \
    && mkdir --parents /etc/neutron \
    && if [ -d /neutron/etc ]; then cp --recursive /neutron/etc/. /etc/neutron/; fi \
    && if [ -d /neutron/etc/neutron ]; then cp --recursive /neutron/etc/neutron/. /etc/neutron/; fi
COPY kolla_database /usr/local/bin/




