FROM kolla/centos-binary-neutron-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="neutron-mlnx-agent" \
    org.opencontainers.image.description="neutron-mlnx-agent on centos, type binary" \
    org.opencontainers.image.title="neutron-mlnx-agent"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        python3-libvirt \
        python3-networking-mlnx \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete







USER neutron
