FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-base" \
    org.opencontainers.image.description="designate-base on debian, type source" \
    org.opencontainers.image.title="designate-base"



RUN usermod --append --groups kolla designate \
    && install --directory --owner=designate --group=designate --mode=0750 /var/lib/designate



ADD designate-base-archive /designate-base-source
RUN ln --symbolic designate-base-source/* /designate \
    && kolla_pip_install \
        /designate \
    && mkdir --parents /etc/designate \
    && if [ -d /designate/etc/designate ]; then cp --recursive /designate/etc/designate/. /etc/designate/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'designate ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/designate-rootwrap /etc/designate/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/designate-rootwrap-daemon /etc/designate/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_designate \
    && chmod 0440 /etc/sudoers.d/kolla_designate \
    && if [ -f /etc/designate/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/designate/rootwrap.conf; fi





