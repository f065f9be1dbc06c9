FROM kolla/rocky-binary-ironic-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ironic-prometheus-exporter" \
    org.opencontainers.image.description="ironic-prometheus-exporter on rocky, type binary" \
    org.opencontainers.image.title="ironic-prometheus-exporter"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        python3-ironic-prometheus-exporter \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


ENV IRONIC_CONFIG=/etc/ironic/ironic.conf





USER ironic
