FROM kolla/rocky-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" name="placement-base"


RUN groupadd --gid 42482 placement \
    && useradd --no-log-init --uid 42482 --gid placement --groups kolla \
        --no-create-home --home-dir /var/lib/placement --shell /usr/sbin/nologin placement \
    && install --directory --owner=placement --group=placement --mode=0750 /var/lib/placement
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-placement-common \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY kolla_database /usr/local/bin/




