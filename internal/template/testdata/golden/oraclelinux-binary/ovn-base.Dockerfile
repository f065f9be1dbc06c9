FROM kolla/oraclelinux-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-base" \
    org.opencontainers.image.description="ovn-base on oraclelinux, type binary" \
    org.opencontainers.image.title="ovn-base"






COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





