FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-server" \
    org.opencontainers.image.description="prometheus-server on debian, type source" \
    org.opencontainers.image.title="prometheus-server"






ADD prometheus-server-archive /prometheus-server-source
RUN program=$(find /prometheus-server-source -type f '(' -name prometheus -o -path /prometheus-server-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/prometheus/prometheus)" \
    && ln --symbolic "$program" /opt/prometheus/prometheus

RUN install --directory --owner=prometheus --group=prometheus /data /etc/prometheus





USER prometheus
