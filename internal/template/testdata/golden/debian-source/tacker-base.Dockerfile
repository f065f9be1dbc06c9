FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="tacker-base" \
    org.opencontainers.image.description="tacker-base on debian, type source" \
    org.opencontainers.image.title="tacker-base"



RUN usermod --append --groups kolla tacker \
    && install --directory --owner=tacker --group=tacker --mode=0750 /var/lib/tacker



ADD tacker-base-archive /tacker-base-source
RUN ln --symbolic tacker-base-source/* /tacker \
    && kolla_pip_install \
        /tacker \
    && mkdir --parents /etc/tacker \
    && if [ -d /tacker/etc/tacker ]; then cp --recursive /tacker/etc/tacker/. /etc/tacker/; fi

COPY kolla_database /usr/local/bin/
RUN printf 'tacker ALL=(root) NOPASSWD: %s\n' \
        '/var/lib/kolla/venv/bin/tacker-rootwrap /etc/tacker/rootwrap.conf *' \
        '/var/lib/kolla/venv/bin/tacker-rootwrap-daemon /etc/tacker/rootwrap.conf' \
        '/var/lib/kolla/venv/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_tacker \
    && chmod 0440 /etc/sudoers.d/kolla_tacker \
    && if [ -f /etc/tacker/rootwrap.conf ]; then sed --in-place 's|^exec_dirs *= *|&/var/lib/kolla/venv/bin,|' /etc/tacker/rootwrap.conf; fi





