FROM kolla/debian-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openvswitch-db-server" \
    org.opencontainers.image.description="openvswitch-db-server on debian, type binary" \
    org.opencontainers.image.title="openvswitch-db-server"






COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





