FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="opensearch-dashboards" \
    org.opencontainers.image.description="opensearch-dashboards on debian, type binary" \
    org.opencontainers.image.title="opensearch-dashboards"



RUN usermod --append --groups kolla --home /usr/share/opensearch-dashboards opensearch-dashboards \
    && install --directory --owner=opensearch-dashboards --group=opensearch-dashboards --mode=0750 /usr/share/opensearch-dashboards


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        opensearch-dashboards \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN chown --recursive opensearch-dashboards:opensearch-dashboards /usr/share/opensearch-dashboards





USER opensearch-dashboards
