FROM kolla/rhel-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-ssh" \
    org.opencontainers.image.description="nova-ssh on rhel, type source" \
    org.opencontainers.image.title="nova-ssh"



RUN usermod --append --groups kolla --shell /bin/bash nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openssh-server \
        rsync \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN install --directory --mode=0755 /run/sshd \
    && rm -f /etc/ssh/ssh_host_* \
    && sed --in-place --regexp-extended 's/^(session\s+)required(\s+pam_loginuid.so)/\1optional\2/' /etc/pam.d/sshd
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





