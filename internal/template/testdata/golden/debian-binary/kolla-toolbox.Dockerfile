FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kolla-toolbox" \
    org.opencontainers.image.description="kolla-toolbox on debian, type binary" \
    org.opencontainers.image.title="kolla-toolbox"



RUN usermod --append --groups kolla ansible \
    && install --directory --owner=ansible --group=ansible --mode=0750 /var/lib/ansible
RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        gdisk \
        git \
        jq \
        openssh-client \
        openvswitch-switch \
        python3-ansible-runner \
        python3-ironicclient \
        python3-pyudev \
        rabbitmq-server \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        ansible \
    && cd /usr/lib/python3/dist-packages/ansible_collections \
    && find . -mindepth 2 -maxdepth 2 ! -path ./ansible/posix ! -path ./community/general ! -path ./community/mysql ! -path ./community/rabbitmq ! -path ./openstack/cloud ! -path ./openvswitch/openvswitch -exec rm -rf {} + \
    && find . -mindepth 1 -type d -empty -delete \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete

RUN mkdir --parents /opt/ansible \
    && ln --symbolic /usr/bin /opt/ansible/bin
RUN printf 'ansible ALL=(root) NOPASSWD: %s\n' \
        '/opt/ansible/bin/ansible localhost -m find_disks -a *' \
        '/usr/bin/ansible localhost -m find_disks -a *' \
        > /etc/sudoers.d/kolla_ansible \
    && chmod 0440 /etc/sudoers.d/kolla_ansible
COPY ansible.cfg hosts /etc/ansible/
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY kolla_toolbox /usr/local/bin/





USER ansible
