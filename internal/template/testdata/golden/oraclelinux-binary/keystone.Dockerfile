FROM kolla/oraclelinux-binary-keystone-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone" \
    org.opencontainers.image.description="keystone on oraclelinux, type binary" \
    org.opencontainers.image.title="keystone"






COPY keystone_bootstrap.sh /usr/local/bin/kolla_keystone_bootstrap





USER keystone
