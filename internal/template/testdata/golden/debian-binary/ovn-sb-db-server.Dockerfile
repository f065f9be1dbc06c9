FROM kolla/debian-binary-ovn-central-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-sb-db-server" \
    org.opencontainers.image.description="ovn-sb-db-server on debian, type binary" \
    org.opencontainers.image.title="ovn-sb-db-server"






COPY start_sb_db_server /usr/local/bin/start-sb-db-server





