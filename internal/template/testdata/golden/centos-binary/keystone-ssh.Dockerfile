FROM kolla/centos-binary-keystone-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="keystone-ssh" \
    org.opencontainers.image.description="keystone-ssh on centos, type binary" \
    org.opencontainers.image.title="keystone-ssh"



RUN usermod --append --groups kolla --shell /bin/bash keystone \
    && install --directory --owner=keystone --group=keystone --mode=0750 /var/lib/keystone


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openssh-server \
        rsync \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN install --directory --mode=0755 /run/sshd \
    && rm -f /etc/ssh/ssh_host_* \
    && sed --in-place --regexp-extended 's/^(session\s+)required(\s+pam_loginuid.so)/\1optional\2/' /etc/pam.d/sshd
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





