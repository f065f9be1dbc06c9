FROM kolla/rocky-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="placement-base"


RUN groupadd --gid 42482 placement \
    && useradd --no-log-init --uid 42482 --gid placement --groups kolla \
        --no-create-home --home-dir /var/lib/placement --shell /usr/sbin/nologin placement \
    && install --directory --owner=placement --group=placement --mode=0750 /var/lib/placement

ADD placement-base-archive /placement-base-source
RUN ln --symbolic placement-base-source/* /placement \
    && kolla_pip_install \
        /placement \
    && mkdir --parents /etc/placement \
    && if [ -d /placement/etc/placement ]; then cp --recursive /placement/etc/placement/. /etc/placement/; fi
COPY kolla_database /usr/local/bin/




