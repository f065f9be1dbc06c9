FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" name="haproxy"


RUN groupadd --gid 42454 haproxy \
    && useradd --no-log-init --uid 42454 --gid haproxy --groups kolla \
        --no-create-home --home-dir /var/lib/haproxy --shell /usr/sbin/nologin haproxy \
    && install --directory --owner=haproxy --group=haproxy --mode=0750 /var/lib/haproxy
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        haproxy \
        socat \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete




USER haproxy
