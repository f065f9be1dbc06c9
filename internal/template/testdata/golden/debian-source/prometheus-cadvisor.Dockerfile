FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-cadvisor" \
    org.opencontainers.image.description="prometheus-cadvisor on debian, type source" \
    org.opencontainers.image.title="prometheus-cadvisor"






ADD prometheus-cadvisor-archive /prometheus-cadvisor-source
RUN program=$(find /prometheus-cadvisor-source -type f '(' -name cadvisor -o -path /prometheus-cadvisor-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/cadvisor)" \
    && ln --symbolic "$program" /opt/cadvisor





