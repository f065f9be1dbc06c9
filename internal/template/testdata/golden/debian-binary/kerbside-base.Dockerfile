FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kerbside-base" \
    org.opencontainers.image.description="kerbside-base on debian, type binary" \
    org.opencontainers.image.title="kerbside-base"



RUN usermod --append --groups kolla kerbside \
    && install --directory --owner=kerbside --group=kerbside --mode=0750 /var/lib/kerbside









