FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zun-base" \
    org.opencontainers.image.description="zun-base on debian, type binary" \
    org.opencontainers.image.title="zun-base"



RUN usermod --append --groups kolla zun \
    && install --directory --owner=zun --group=zun --mode=0750 /var/lib/zun





COPY kolla_database /usr/local/bin/
RUN printf 'zun ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/zun-rootwrap /etc/zun/rootwrap.conf *' \
        '/usr/bin/zun-rootwrap-daemon /etc/zun/rootwrap.conf' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_zun \
    && chmod 0440 /etc/sudoers.d/kolla_zun





