FROM kolla/debian-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-ssh" \
    org.opencontainers.image.description="nova-ssh on debian, type source" \
    org.opencontainers.image.title="nova-ssh"



RUN usermod --append --groups kolla --shell /bin/bash nova \
    && install --directory --owner=nova --group=nova --mode=0750 /var/lib/nova


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        openssh-server \
        rsync \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN install --directory --mode=0755 /run/sshd \
    && rm -f /etc/ssh/ssh_host_* \
    && sed --in-place --regexp-extended 's/^(session\s+)required(\s+pam_loginuid.so)/\1optional\2/' /etc/pam.d/sshd
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service





