FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-blackbox-exporter" \
    org.opencontainers.image.description="prometheus-blackbox-exporter on debian, type source" \
    org.opencontainers.image.title="prometheus-blackbox-exporter"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        libcap2-bin \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

ADD prometheus-blackbox-exporter-archive /prometheus-blackbox-exporter-source
RUN program=$(find /prometheus-blackbox-exporter-source -type f '(' -name blackbox_exporter -o -path /prometheus-blackbox-exporter-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/blackbox_exporter/blackbox_exporter)" \
    && ln --symbolic "$program" /opt/blackbox_exporter/blackbox_exporter

RUN setcap cap_net_raw+ep "$(readlink --canonicalize /opt/blackbox_exporter/blackbox_exporter)"





USER prometheus
