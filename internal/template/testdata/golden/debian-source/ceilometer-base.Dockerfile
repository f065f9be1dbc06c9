FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ceilometer-base" \
    org.opencontainers.image.description="ceilometer-base on debian, type source" \
    org.opencontainers.image.title="ceilometer-base"



RUN usermod --append --groups kolla ceilometer \
    && install --directory --owner=ceilometer --group=ceilometer --mode=0750 /var/lib/ceilometer



ADD ceilometer-base-archive /ceilometer-base-source
RUN ln --symbolic ceilometer-base-source/* /ceilometer \
    && kolla_pip_install \
        /ceilometer \
    && mkdir --parents /etc/ceilometer \
    && if [ -d /ceilometer/etc/ceilometer ]; then cp --recursive /ceilometer/etc/ceilometer/. /etc/ceilometer/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'ceilometer ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/ceilometer-rootwrap /etc/ceilometer/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/ceilometer-rootwrap-daemon /etc/ceilometer/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_ceilometer \
    && chmod 0440 /etc/sudoers.d/kolla_ceilometer \
    && if [ -f /etc/ceilometer/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/ceilometer/rootwrap.conf; fi





