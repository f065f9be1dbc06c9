FROM quay.io/rockylinux/rockylinux:10
LABEL maintainer="Kolla Project" name="base"
LABEL kolla_version="0.0.0"



ENV KOLLA_BASE_DISTRO=rocky \
    KOLLA_BASE_ARCH=x86_64 \
    LANG=C.UTF-8 \
    PS1='(${KOLLA_SERVICE_NAME})[$(id -un)@$(uname -n) ${PWD}]$ '


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        dnf-plugins-core \
        epel-release \
    && dnf config-manager --set-enabled crb \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        /usr/bin/curl \
        ca-certificates \
        dumb-init \
        findutils \
        iproute \
        procps-ng \
        python3 \
        shadow-utils \
        sudo \
        tar \
        util-linux \
        which \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY copy_cacerts.sh /usr/local/bin/kolla_copy_cacerts
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY healthcheck_curl healthcheck_listen healthcheck_port /usr/local/bin/
COPY patch.sh /usr/local/bin/kolla_patch
COPY pip_install.sh /usr/local/bin/kolla_pip_install
COPY set_configs.py /usr/local/bin/kolla_set_configs
COPY start.sh /usr/local/bin/kolla_start
COPY sudoers /etc/sudoers.d/kolla


RUN groupadd --gid 42400 kolla \
    && useradd --no-log-init --uid 42400 --gid kolla \
        --no-create-home --home-dir /var/lib/kolla --shell /usr/sbin/nologin kolla \
    && install --directory --group=kolla --mode=2775 /var/log/kolla \
    && install --directory /var/lib/kolla/config_files \
    && chmod 0440 /etc/sudoers.d/kolla




ENTRYPOINT ["dumb-init", "--single-child", "--"]
CMD ["kolla_start"]

