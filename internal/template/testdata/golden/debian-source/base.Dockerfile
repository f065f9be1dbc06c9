FROM debian:trixie
LABEL maintainer="Kolla Project" name="base"
LABEL kolla_version="0.0.0"



ENV KOLLA_BASE_DISTRO=debian \
    KOLLA_BASE_ARCH=x86_64 \
    LANG=C.UTF-8 \
    PS1='(${KOLLA_SERVICE_NAME})[$(id -un)@$(uname -n) ${PWD}]$ '

COPY dpkg.cfg /etc/dpkg/dpkg.cfg.d/kolla
COPY policy-rc.d /usr/sbin/



RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        adduser \
        ca-certificates \
        curl \
        dumb-init \
        iproute2 \
        passwd \
        procps \
        python3 \
        sudo \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
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
    && chmod 0440 /etc/sudoers.d/kolla \
    && printf '%s\n' LAST_SYSTEM_UID=59999 LAST_SYSTEM_GID=59999 >> /etc/adduser.conf




ENTRYPOINT ["dumb-init", "--single-child", "--"]
CMD ["kolla_start"]

