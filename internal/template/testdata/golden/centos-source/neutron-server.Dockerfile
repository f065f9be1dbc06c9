FROM kolla/centos-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-server" \
    org.opencontainers.image.description="neutron-server on centos, type source" \
    org.opencontainers.image.title="neutron-server"










USER neutron
