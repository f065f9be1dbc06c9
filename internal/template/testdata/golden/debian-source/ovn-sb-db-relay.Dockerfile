FROM kolla/debian-source-ovn-central-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-sb-db-relay" \
    org.opencontainers.image.description="ovn-sb-db-relay on debian, type source" \
    org.opencontainers.image.title="ovn-sb-db-relay"










