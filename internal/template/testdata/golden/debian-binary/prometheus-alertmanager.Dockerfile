FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-alertmanager" \
    org.opencontainers.image.description="prometheus-alertmanager on debian, type binary" \
    org.opencontainers.image.title="prometheus-alertmanager"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        prometheus-alertmanager \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/prometheus_alertmanager/alertmanager)" \
    && ln --symbolic /usr/bin/prometheus-alertmanager /opt/prometheus_alertmanager/alertmanager





USER prometheus
