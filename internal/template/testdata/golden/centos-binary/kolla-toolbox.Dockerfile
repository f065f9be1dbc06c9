FROM kolla/centos-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kolla-toolbox" \
    org.opencontainers.image.description="kolla-toolbox on centos, type binary" \
    org.opencontainers.image.title="kolla-toolbox"



RUN usermod --append --groups kolla ansible \
    && install --directory --owner=ansible --group=ansible --mode=0750 /var/lib/ansible
RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq

RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        centos-release-openstack-flamingo \
        centos-release-rabbitmq-4 \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        ansible \
        gdisk \
        git \
        jq \
        openssh-clients \
        python3-ansible-runner \
        python3-ironicclient \
        python3-pyudev \
        rabbitmq-server \
        rdo-openvswitch \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
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
