FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="skyline-base" \
    org.opencontainers.image.description="skyline-base on debian, type binary" \
    org.opencontainers.image.title="skyline-base"



RUN usermod --append --groups kolla skyline \
    && install --directory --owner=skyline --group=skyline --mode=0750 /var/lib/skyline




COPY kolla_database /usr/local/bin/





