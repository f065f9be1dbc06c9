FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="rabbitmq" \
    org.opencontainers.image.description="rabbitmq on debian, type source" \
    org.opencontainers.image.title="rabbitmq"



RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        rabbitmq-server \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rabbitmq-plugins enable --offline rabbitmq_management rabbitmq_prometheus \
    && rm -rf /var/lib/rabbitmq /var/log/rabbitmq/* \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY healthcheck_rabbitmq /usr/local/bin/





USER rabbitmq
