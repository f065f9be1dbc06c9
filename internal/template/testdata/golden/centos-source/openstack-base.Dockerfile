FROM kolla/centos-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="openstack-base" \
    org.opencontainers.image.description="openstack-base on centos, type source" \
    org.opencontainers.image.title="openstack-base"




RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        gcc \
        gcc-c++ \
        git-core \
        libffi-devel \
        libxml2-devel \
        libxslt-devel \
        libyaml-devel \
        make \
        openssl-devel \
        pcre2-devel \
        python3-devel \
        python3-pip \
        python3-setuptools \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


ADD openstack-base-archive /openstack-base-source
ENV PATH=/var/lib/kolla/venv/bin:$PATH

RUN ln --symbolic openstack-base-source/* /requirements \
    && python3 -m venv --system-site-packages /var/lib/kolla/venv \
    && ln --symbolic "$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')" /var/lib/kolla/venv/lib/python3

RUN kolla_pip_install \
        PyMySQL \
        etcd3gw \
        pbr \
        python-memcached \
        redis \
        setuptools \
        uwsgi \
        wheel





