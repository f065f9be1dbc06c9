FROM kolla/debian-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovsdpdk-db" \
    org.opencontainers.image.description="ovsdpdk-db on debian, type binary" \
    org.opencontainers.image.title="ovsdpdk-db"






COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY start_ovsdb_server /usr/local/bin/start-ovsdb-server





