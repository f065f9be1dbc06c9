FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="fluentd" \
    org.opencontainers.image.description="fluentd on debian, type source" \
    org.opencontainers.image.title="fluentd"



RUN usermod --append --groups kolla fluentd \
    && install --directory --owner=fluentd --group=fluentd --mode=0750 /var/lib/fluentd


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ruby \
        ruby-cool.io \
        ruby-http-parser.rb \
        ruby-msgpack \
        ruby-serverengine \
        ruby-sigdump \
        ruby-strptime \
        ruby-tzinfo \
        ruby-webrick \
        ruby-yajl \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN gem install --no-document --bindir /usr/local/bin \
        fluent-plugin-grok-parser \
        fluent-plugin-prometheus \
        fluent-plugin-rewrite-tag-filter \
        fluentd \
    && rm -rf /root/.cache /root/.local /var/lib/gems/*/cache/* /usr/share/gems/cache/* \
    && mkdir --parents /etc/fluentd





USER fluentd
