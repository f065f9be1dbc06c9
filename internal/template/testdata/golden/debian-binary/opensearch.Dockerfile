FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="opensearch" \
    org.opencontainers.image.description="opensearch on debian, type binary" \
    org.opencontainers.image.title="opensearch"



RUN usermod --append --groups kolla --home /usr/share/opensearch opensearch \
    && install --directory --owner=opensearch --group=opensearch --mode=0750 /usr/share/opensearch


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        opensearch \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -f /etc/opensearch/*.pem /etc/opensearch/securityadmin_demo.sh





USER opensearch
