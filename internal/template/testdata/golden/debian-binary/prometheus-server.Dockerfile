FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-server" \
    org.opencontainers.image.description="prometheus-server on debian, type binary" \
    org.opencontainers.image.title="prometheus-server"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        prometheus \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/prometheus/prometheus)" \
    && ln --symbolic /usr/bin/prometheus /opt/prometheus/prometheus

RUN install --directory --owner=prometheus --group=prometheus /data /etc/prometheus





USER prometheus
