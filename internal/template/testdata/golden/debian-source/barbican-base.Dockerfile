FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="barbican-base" \
    org.opencontainers.image.description="barbican-base on debian, type source" \
    org.opencontainers.image.title="barbican-base"




RUN groupadd --force --gid 42493 hsmusers \
    && groupadd --force --gid 42481 nfast
RUN usermod --append --groups kolla,hsmusers,nfast barbican \
    && install --directory --owner=barbican --group=barbican --mode=0750 /var/lib/barbican



ADD barbican-base-archive /barbican-base-source
RUN ln --symbolic barbican-base-source/* /barbican \
    && kolla_pip_install \
        /barbican \
    && mkdir --parents /etc/barbican \
    && if [ -d /barbican/etc/barbican ]; then cp --recursive /barbican/etc/barbican/. /etc/barbican/; fi

COPY kolla_database /usr/local/bin/





