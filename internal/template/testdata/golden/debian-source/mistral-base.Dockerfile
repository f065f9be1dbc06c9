FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-base" \
    org.opencontainers.image.description="mistral-base on debian, type source" \
    org.opencontainers.image.title="mistral-base"



RUN usermod --append --groups kolla mistral \
    && install --directory --owner=mistral --group=mistral --mode=0750 /var/lib/mistral



ADD mistral-base-archive /mistral-base-source
RUN ln --symbolic mistral-base-source/* /mistral \
    && kolla_pip_install \
        /mistral \
    && mkdir --parents /etc/mistral \
    && if [ -d /mistral/etc ]; then cp --recursive /mistral/etc/. /etc/mistral/; fi

COPY kolla_database /usr/local/bin/





