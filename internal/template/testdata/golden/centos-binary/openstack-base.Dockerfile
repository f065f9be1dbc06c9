FROM kolla/centos-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openstack-base" \
    org.opencontainers.image.description="openstack-base on centos, type binary" \
    org.opencontainers.image.title="openstack-base"



RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        centos-release-openstack-flamingo \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        python3-PyMySQL \
        python3-etcd3gw \
        python3-keystonemiddleware \
        python3-memcached \
        python3-openstackclient \
        python3-oslo-concurrency \
        python3-oslo-db \
        python3-oslo-messaging \
        python3-oslo-middleware \
        python3-oslo-policy \
        python3-oslo-reports \
        python3-oslo-rootwrap \
        python3-oslo-service \
        python3-oslo-upgradecheck \
        python3-oslo-versionedobjects \
        python3-redis \
        python3-tooz \
        uwsgi \
        uwsgi-plugin-common \
        uwsgi-plugin-python3 \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN ln --symbolic /usr /var/lib/kolla/venv \
    && ln --symbolic "$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')" /usr/lib/python3
COPY uwsgi /usr/local/bin/





