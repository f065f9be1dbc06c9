FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cyborg-base" \
    org.opencontainers.image.description="cyborg-base on debian, type source" \
    org.opencontainers.image.title="cyborg-base"



RUN usermod --append --groups kolla cyborg \
    && install --directory --owner=cyborg --group=cyborg --mode=0750 /var/lib/cyborg



ADD cyborg-base-archive /cyborg-base-source
RUN ln --symbolic cyborg-base-source/* /cyborg \
    && kolla_pip_install \
        /cyborg \
    && mkdir --parents /etc/cyborg \
    && if [ -d /cyborg/etc/cyborg ]; then cp --recursive /cyborg/etc/cyborg/. /etc/cyborg/; fi

COPY kolla_database /usr/local/bin/





