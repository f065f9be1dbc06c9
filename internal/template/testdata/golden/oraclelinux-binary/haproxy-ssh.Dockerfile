FROM kolla/oraclelinux-binary-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="haproxy-ssh" \
    org.opencontainers.image.description="haproxy-ssh on oraclelinux, type binary" \
    org.opencontainers.image.title="haproxy-ssh"




RUN usermod --append --groups kolla --shell /bin/bash haproxy \
    && install --directory --owner=haproxy --group=haproxy --mode=0750 /var/lib/haproxy


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openssh-clients \
        openssh-server \
        openssl \
        rsync \
        socat \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN rm -f /etc/ssh/ssh_host_*_key* \
    && mkdir --parents /run/sshd \
    && sed --in-place '/pam_loginuid.so/s/required/optional/' /etc/pam.d/sshd
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY update_loadbalancer_cert /usr/bin/update-loadbalancer-cert





