FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="tacker-base" \
    org.opencontainers.image.description="tacker-base on debian, type binary" \
    org.opencontainers.image.title="tacker-base"



RUN usermod --append --groups kolla tacker \
    && install --directory --owner=tacker --group=tacker --mode=0750 /var/lib/tacker





COPY kolla_database /usr/local/bin/
RUN printf 'tacker ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/tacker-rootwrap /etc/tacker/rootwrap.conf *' \
        '/usr/bin/tacker-rootwrap-daemon /etc/tacker/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_tacker \
    && chmod 0440 /etc/sudoers.d/kolla_tacker





