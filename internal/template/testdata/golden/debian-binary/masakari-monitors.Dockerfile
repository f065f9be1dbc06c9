FROM kolla/debian-binary-masakari-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="masakari-monitors" \
    org.opencontainers.image.description="masakari-monitors on debian, type binary" \
    org.opencontainers.image.title="masakari-monitors"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        libsasl2-modules-gssapi-mit \
        masakari-host-monitor \
        masakari-instance-monitor \
        masakari-introspective-instance-monitor \
        masakari-process-monitor \
        pacemaker-cli-utils \
        python3-libvirt \
        sasl2-bin \
        tcpdump \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN printf 'masakari ALL=(root) NOPASSWD: %s\n' \
        '/usr/bin/privsep-helper *' \
        > /etc/sudoers.d/kolla_masakari \
    && chmod 0440 /etc/sudoers.d/kolla_masakari





USER masakari
