FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cloudkitty-base" \
    org.opencontainers.image.description="cloudkitty-base on debian, type source" \
    org.opencontainers.image.title="cloudkitty-base"



RUN usermod --append --groups kolla cloudkitty \
    && install --directory --owner=cloudkitty --group=cloudkitty --mode=0750 /var/lib/cloudkitty



ADD cloudkitty-base-archive /cloudkitty-base-source
RUN ln --symbolic cloudkitty-base-source/* /cloudkitty \
    && kolla_pip_install \
        /cloudkitty \
    && mkdir --parents /etc/cloudkitty \
    && if [ -d /cloudkitty/etc/cloudkitty ]; then cp --recursive /cloudkitty/etc/cloudkitty/. /etc/cloudkitty/; fi

COPY kolla_database /usr/local/bin/





