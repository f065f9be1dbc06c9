FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="masakari-base" \
    org.opencontainers.image.description="masakari-base on debian, type source" \
    org.opencontainers.image.title="masakari-base"



RUN usermod --append --groups kolla masakari \
    && install --directory --owner=masakari --group=masakari --mode=0750 /var/lib/masakari



ADD masakari-base-archive /masakari-base-source
RUN ln --symbolic masakari-base-source/* /masakari \
    && kolla_pip_install \
        /masakari \
    && mkdir --parents /etc/masakari \
    && if [ -d /masakari/etc/masakari ]; then cp --recursive /masakari/etc/masakari/. /etc/masakari/; fi

COPY kolla_database /usr/local/bin/





