FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-alertmanager" \
    org.opencontainers.image.description="prometheus-alertmanager on debian, type source" \
    org.opencontainers.image.title="prometheus-alertmanager"






ADD prometheus-alertmanager-archive /prometheus-alertmanager-source
RUN program=$(find /prometheus-alertmanager-source -type f '(' -name alertmanager -o -path /prometheus-alertmanager-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/prometheus_alertmanager/alertmanager)" \
    && ln --symbolic "$program" /opt/prometheus_alertmanager/alertmanager





USER prometheus
