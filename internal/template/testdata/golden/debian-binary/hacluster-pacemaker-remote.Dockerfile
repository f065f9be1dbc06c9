FROM kolla/debian-binary-hacluster-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-pacemaker-remote" \
    org.opencontainers.image.description="hacluster-pacemaker-remote on debian, type binary" \
    org.opencontainers.image.title="hacluster-pacemaker-remote"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        pacemaker-cli-utils \
        pacemaker-remote \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN if [ ! -e /usr/sbin/pacemaker_remoted ]; then ln --symbolic pacemaker-remoted /usr/sbin/pacemaker_remoted; fi





