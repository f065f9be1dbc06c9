FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="iscsid" \
    org.opencontainers.image.description="iscsid on debian, type binary" \
    org.opencontainers.image.title="iscsid"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        open-iscsi \
        python3-rtslib-fb \
        targetcli-fb \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -f /etc/iscsi/initiatorname.iscsi
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





