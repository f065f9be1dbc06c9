FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="fluentd" \
    org.opencontainers.image.description="fluentd on debian, type binary" \
    org.opencontainers.image.title="fluentd"



RUN usermod --append --groups kolla fluentd \
    && install --directory --owner=fluentd --group=fluentd --mode=0750 /var/lib/fluentd










USER fluentd
