FROM kolla/debian-source-ovn-central-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-nb-db-server" \
    org.opencontainers.image.description="ovn-nb-db-server on debian, type source" \
    org.opencontainers.image.title="ovn-nb-db-server"






COPY start_nb_db_server /usr/local/bin/start-nb-db-server





