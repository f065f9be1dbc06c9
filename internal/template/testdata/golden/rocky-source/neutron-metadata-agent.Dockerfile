FROM kolla/rocky-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-metadata-agent" \
    org.opencontainers.image.description="neutron-metadata-agent on rocky, type source" \
    org.opencontainers.image.title="neutron-metadata-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        haproxy \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete





USER neutron
