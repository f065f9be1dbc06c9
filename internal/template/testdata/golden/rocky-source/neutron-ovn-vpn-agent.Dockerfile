FROM kolla/rocky-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-ovn-vpn-agent" \
    org.opencontainers.image.description="neutron-ovn-vpn-agent on rocky, type source" \
    org.opencontainers.image.title="neutron-ovn-vpn-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        libreswan \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
ADD neutron-ovn-vpn-agent-archive /neutron-ovn-vpn-agent-source
RUN ln --symbolic neutron-ovn-vpn-agent-source/* /neutron-vpnaas \
    && kolla_pip_install \
        /neutron-vpnaas \
    && mkdir --parents /etc/neutron-vpnaas \
    && if [ -d /neutron-vpnaas/etc ]; then cp --recursive /neutron-vpnaas/etc/. /etc/neutron-vpnaas/; fi





USER neutron
