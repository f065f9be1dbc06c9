FROM kolla/oraclelinux-source-ovn-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-central-base" \
    org.opencontainers.image.description="ovn-central-base on oraclelinux, type source" \
    org.opencontainers.image.title="ovn-central-base"










