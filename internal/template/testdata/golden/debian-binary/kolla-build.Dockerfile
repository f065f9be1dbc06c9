FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kolla-build" \
    org.opencontainers.image.description="kolla-build on debian, type binary" \
    org.opencontainers.image.title="kolla-build"




RUN useradd --uid 1000 --user-group --home-dir /var/lib/kolla-build --no-create-home --shell /bin/bash \
        --key SUB_UID_COUNT=0 --key SUB_GID_COUNT=0 kolla-build \
    && truncate --size=0 /etc/subuid /etc/subgid \
    && usermod --add-subuids 1-999 --add-subuids 1001-65535 --add-subgids 1-999 --add-subgids 1001-65535 kolla-build \
    && install --directory --owner=kolla-build --group=root --mode=0775 /var/lib/kolla-build


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        git \
        gpg \
        libcap2-bin \
        mmdebstrap \
        uidmap \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap \
    && setcap cap_setuid=ep /usr/bin/newuidmap \
    && setcap cap_setgid=ep /usr/bin/newgidmap
ENV HOME=/var/lib/kolla-build




RUN install --mode=0755 "$(find /additions -type f -name 'kolla-build*' -print -quit)" /usr/bin/kolla-build \
    && rm -r /additions


ENTRYPOINT []
CMD ["kolla-build", "--help"]


USER kolla-build
