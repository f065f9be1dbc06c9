FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="manila-base" \
    org.opencontainers.image.description="manila-base on debian, type source" \
    org.opencontainers.image.title="manila-base"



RUN usermod --append --groups kolla manila \
    && install --directory --owner=manila --group=manila --mode=0750 /var/lib/manila



ADD manila-base-archive /manila-base-source
RUN ln --symbolic manila-base-source/* /manila \
    && kolla_pip_install \
        /manila \
    && mkdir --parents /etc/manila \
    && if [ -d /manila/etc/manila ]; then cp --recursive /manila/etc/manila/. /etc/manila/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'manila ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/manila-rootwrap /etc/manila/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/manila-rootwrap-daemon /etc/manila/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_manila \
    && chmod 0440 /etc/sudoers.d/kolla_manila \
    && if [ -f /etc/manila/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/manila/rootwrap.conf; fi
RUN install --directory --owner=manila --group=manila --mode=0750 /var/cache/manila





