FROM kolla/debian-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-server" \
    org.opencontainers.image.description="neutron-server on debian, type source" \
    org.opencontainers.image.title="neutron-server"










USER neutron
