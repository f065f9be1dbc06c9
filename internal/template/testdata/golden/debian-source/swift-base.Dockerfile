FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="swift-base" \
    org.opencontainers.image.description="swift-base on debian, type source" \
    org.opencontainers.image.title="swift-base"



RUN usermod --append --groups kolla swift \
    && install --directory --owner=swift --group=swift --mode=0750 /var/lib/swift


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        liberasurecode-dev \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD swift-base-archive /swift-base-source
RUN ln --symbolic swift-base-source/* /swift \
    && kolla_pip_install \
        /swift \
    && mkdir --parents /etc/swift \
    && if [ -d /swift/etc ]; then cp --recursive /swift/etc/. /etc/swift/; fi

RUN install --directory --owner=swift --group=swift /var/cache/swift /var/lock/swift





