FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-base" \
    org.opencontainers.image.description="hacluster-base on debian, type binary" \
    org.opencontainers.image.title="hacluster-base"



RUN usermod --append --groups kolla --home /var/lib/pacemaker hacluster \
    && install --directory --owner=hacluster --group=haclient --mode=0750 /var/lib/pacemaker




COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





