FROM kolla/debian-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-bgp-dragent" \
    org.opencontainers.image.description="neutron-bgp-dragent on debian, type source" \
    org.opencontainers.image.title="neutron-bgp-dragent"





ADD neutron-bgp-dragent-archive /neutron-bgp-dragent-source
RUN ln --symbolic neutron-bgp-dragent-source/* /neutron-dynamic-routing \
    && kolla_pip_install \
        /neutron-dynamic-routing \
    && mkdir --parents /etc/neutron-dynamic-routing \
    && if [ -d /neutron-dynamic-routing/etc ]; then cp --recursive /neutron-dynamic-routing/etc/. /etc/neutron-dynamic-routing/; fi





USER neutron
