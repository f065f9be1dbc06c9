FROM kolla/centos-source-keystone-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone" \
    org.opencontainers.image.description="keystone on centos, type source" \
    org.opencontainers.image.title="keystone"






COPY keystone_bootstrap.sh /usr/local/bin/kolla_keystone_bootstrap





USER keystone
