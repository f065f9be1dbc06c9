FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-mysqld-exporter" \
    org.opencontainers.image.description="prometheus-mysqld-exporter on debian, type binary" \
    org.opencontainers.image.title="prometheus-mysqld-exporter"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        prometheus-mysqld-exporter \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents "$(dirname /opt/mysqld_exporter/mysqld_exporter)" \
    && ln --symbolic /usr/bin/prometheus-mysqld-exporter /opt/mysqld_exporter/mysqld_exporter





USER prometheus
