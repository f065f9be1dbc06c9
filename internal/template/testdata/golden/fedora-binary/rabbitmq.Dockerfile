FROM kolla/fedora-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="rabbitmq" \
    org.opencontainers.image.description="rabbitmq on fedora, type binary" \
    org.opencontainers.image.title="rabbitmq"



RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        rabbitmq-server \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN rabbitmq-plugins enable --offline rabbitmq_management rabbitmq_prometheus \
    && rm -rf /var/lib/rabbitmq /var/log/rabbitmq/* \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY healthcheck_rabbitmq /usr/local/bin/





USER rabbitmq
