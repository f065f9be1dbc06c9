FROM kolla/rhel-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="rabbitmq" \
    org.opencontainers.image.description="rabbitmq on rhel, type binary" \
    org.opencontainers.image.title="rabbitmq"



RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
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
