FROM kolla/rocky-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-neutron-agent" \
    org.opencontainers.image.description="ironic-neutron-agent on rocky, type binary" \
    org.opencontainers.image.title="ironic-neutron-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        python3-ironic-neutron-agent \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete






USER neutron
