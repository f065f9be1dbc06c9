FROM kolla/debian-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-sriov-agent" \
    org.opencontainers.image.description="neutron-sriov-agent on debian, type source" \
    org.opencontainers.image.title="neutron-sriov-agent"










USER neutron
