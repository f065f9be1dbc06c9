FROM kolla/debian-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="zookeeper" \
    org.opencontainers.image.description="zookeeper on debian, type binary" \
    org.opencontainers.image.title="zookeeper"



RUN usermod --append --groups kolla zookeeper \
    && install --directory --owner=zookeeper --group=zookeeper --mode=0750 /var/lib/zookeeper

RUN mkdir --parents /usr/share/man/man1


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        zookeeper \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


ENV ZOOCFGDIR=/etc/zookeeper/conf





USER zookeeper
