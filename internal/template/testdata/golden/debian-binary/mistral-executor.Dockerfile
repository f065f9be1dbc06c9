FROM kolla/debian-binary-mistral-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-executor" \
    org.opencontainers.image.description="mistral-executor on debian, type binary" \
    org.opencontainers.image.title="mistral-executor"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        mistral-executor \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete





USER mistral
