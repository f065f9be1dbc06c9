FROM kolla/ubuntu-source-base:0.0.0
LABEL maintainer="Kolla Project" name="haproxy"


RUN groupadd --gid 42454 haproxy \
    && useradd --no-log-init --uid 42454 --gid haproxy --groups kolla \
        --no-create-home --home-dir /var/lib/haproxy --shell /usr/sbin/nologin haproxy \
    && install --directory --owner=haproxy --group=haproxy --mode=0750 /var/lib/haproxy
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        haproxy \
        socat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete




USER haproxy
