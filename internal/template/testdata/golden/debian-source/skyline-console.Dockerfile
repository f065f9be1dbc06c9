FROM kolla/debian-source-skyline-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="skyline-console" \
    org.opencontainers.image.description="skyline-console on debian, type source" \
    org.opencontainers.image.title="skyline-console"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        nginx \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD skyline-console-archive /skyline-console-source
RUN ln --symbolic skyline-console-source/* /skyline-console \
    && kolla_pip_install \
        /skyline-console \
    && mkdir --parents /etc/skyline-console \
    && if [ -d /skyline-console/etc ]; then cp --recursive /skyline-console/etc/. /etc/skyline-console/; fi





