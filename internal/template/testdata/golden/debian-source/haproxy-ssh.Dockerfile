FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="haproxy-ssh" \
    org.opencontainers.image.description="haproxy-ssh on debian, type source" \
    org.opencontainers.image.title="haproxy-ssh"




RUN usermod --append --groups kolla --shell /bin/bash haproxy \
    && install --directory --owner=haproxy --group=haproxy --mode=0750 /var/lib/haproxy


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        openssh-client \
        openssh-server \
        openssl \
        rsync \
        socat \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN rm -f /etc/ssh/ssh_host_*_key* \
    && mkdir --parents /run/sshd \
    && sed --in-place '/pam_loginuid.so/s/required/optional/' /etc/pam.d/sshd
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY update_loadbalancer_cert /usr/bin/update-loadbalancer-cert





