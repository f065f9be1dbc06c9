FROM kolla/debian-binary-prometheus-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="prometheus-cadvisor" \
    org.opencontainers.image.description="prometheus-cadvisor on debian, type binary" \
    org.opencontainers.image.title="prometheus-cadvisor"






RUN mkdir --parents "$(dirname /opt/cadvisor)" \
    && ln --symbolic /usr/bin/cadvisor /opt/cadvisor





