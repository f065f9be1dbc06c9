FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="watcher-base" \
    org.opencontainers.image.description="watcher-base on debian, type source" \
    org.opencontainers.image.title="watcher-base"



RUN usermod --append --groups kolla watcher \
    && install --directory --owner=watcher --group=watcher --mode=0750 /var/lib/watcher



ADD watcher-base-archive /watcher-base-source
RUN ln --symbolic watcher-base-source/* /watcher \
    && kolla_pip_install \
        /watcher \
    && mkdir --parents /etc/watcher \
    && if [ -d /watcher/etc/watcher ]; then cp --recursive /watcher/etc/watcher/. /etc/watcher/; fi

COPY kolla_database /usr/local/bin/





