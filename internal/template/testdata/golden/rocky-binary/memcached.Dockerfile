FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" name="memcached"


RUN groupadd --gid 42457 memcached \
    && useradd --no-log-init --uid 42457 --gid memcached --groups kolla \
        --no-create-home --home-dir /run/memcached --shell /usr/sbin/nologin memcached \
    && install --directory --owner=memcached --group=memcached --mode=0750 /run/memcached
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        memcached \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete




USER memcached
