FROM kolla/debian-binary-openvswitch-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openvswitch-vswitchd" \
    org.opencontainers.image.description="openvswitch-vswitchd on debian, type binary" \
    org.opencontainers.image.title="openvswitch-vswitchd"






COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





