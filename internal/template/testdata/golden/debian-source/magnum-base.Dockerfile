FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="magnum-base" \
    org.opencontainers.image.description="magnum-base on debian, type source" \
    org.opencontainers.image.title="magnum-base"



RUN usermod --append --groups kolla magnum \
    && install --directory --owner=magnum --group=magnum --mode=0750 /var/lib/magnum



ADD magnum-base-archive /magnum-base-source
RUN ln --symbolic magnum-base-source/* /magnum \
    && kolla_pip_install \
        /magnum[osprofiler] \
    && mkdir --parents /etc/magnum \
    && if [ -d /magnum/etc/magnum ]; then cp --recursive /magnum/etc/magnum/. /etc/magnum/; fi

COPY kolla_database /usr/local/bin/

RUN mv /etc/magnum/keystone_auth_default_policy.sample /etc/magnum/keystone_auth_default_policy.json





