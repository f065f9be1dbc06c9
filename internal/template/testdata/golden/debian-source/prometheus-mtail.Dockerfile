FROM kolla/debian-source-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-mtail" \
    org.opencontainers.image.description="prometheus-mtail on debian, type source" \
    org.opencontainers.image.title="prometheus-mtail"






ADD prometheus-mtail-archive /prometheus-mtail-source
RUN program=$(find /prometheus-mtail-source -type f '(' -name mtail -o -path /prometheus-mtail-source ')') \
    && if [ ! -x "$program" ]; then chmod 0755 "$program"; fi \
    && mkdir --parents "$(dirname /opt/mtail)" \
    && ln --symbolic "$program" /opt/mtail





