FROM kolla/debian-binary-bifrost-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="bifrost-deploy" \
    org.opencontainers.image.description="bifrost-deploy on debian, type binary" \
    org.opencontainers.image.title="bifrost-deploy"




RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        e2fsprogs \
        systemd-sysv \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN find /etc/systemd/system /usr/lib/systemd/system -path '*.wants/*' -type l \
        ! -name systemd-tmpfiles-setup.service -delete





ENV container=oci
ENTRYPOINT []
CMD ["/sbin/init"]



