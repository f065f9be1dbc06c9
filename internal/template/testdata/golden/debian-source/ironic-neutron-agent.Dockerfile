FROM kolla/debian-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-neutron-agent" \
    org.opencontainers.image.description="ironic-neutron-agent on debian, type source" \
    org.opencontainers.image.title="ironic-neutron-agent"





ADD ironic-neutron-agent-archive /ironic-neutron-agent-source
RUN ln --symbolic ironic-neutron-agent-source/* /networking-baremetal \
    && kolla_pip_install \
        /networking-baremetal \
    && mkdir --parents /etc/networking-baremetal \
    && if [ -d /networking-baremetal/etc ]; then cp --recursive /networking-baremetal/etc/. /etc/networking-baremetal/; fi





USER neutron
