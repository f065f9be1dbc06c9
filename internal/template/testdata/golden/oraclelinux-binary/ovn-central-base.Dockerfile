FROM kolla/oraclelinux-binary-ovn-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-central-base" \
    org.opencontainers.image.description="ovn-central-base on oraclelinux, type binary" \
    org.opencontainers.image.title="ovn-central-base"










