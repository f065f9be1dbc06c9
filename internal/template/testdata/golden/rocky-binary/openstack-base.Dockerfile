FROM kolla/rocky-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openstack-base" \
    org.opencontainers.image.description="openstack-base on rocky, type binary" \
    org.opencontainers.image.title="openstack-base"



RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        centos-release-openstack-flamingo \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        python3-PyMySQL \
        python3-etcd3gw \
        python3-memcached \
        python3-openstackclient \
        python3-redis \
        uwsgi \
        uwsgi-plugin-common \
        uwsgi-plugin-python3 \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN ln --symbolic /usr /var/lib/kolla/venv \
    && ln --symbolic "$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')" /usr/lib/python3
COPY uwsgi /usr/local/bin/





