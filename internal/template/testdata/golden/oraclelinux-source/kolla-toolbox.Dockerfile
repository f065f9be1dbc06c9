FROM kolla/oraclelinux-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kolla-toolbox" \
    org.opencontainers.image.description="kolla-toolbox on oraclelinux, type source" \
    org.opencontainers.image.title="kolla-toolbox"



RUN usermod --append --groups kolla ansible \
    && install --directory --owner=ansible --group=ansible --mode=0750 /var/lib/ansible
RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        gcc \
        gdisk \
        git \
        jq \
        libffi-devel \
        libxml2-devel \
        libxslt-devel \
        make \
        openssh-clients \
        openssl-devel \
        python3-devel \
        python3-pip \
        rabbitmq-server \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


ADD kolla-toolbox-archive /kolla-toolbox-source
ENV PATH=/opt/ansible/bin:$PATH
COPY requirements.yml /usr/share/ansible/
RUN ln --symbolic kolla-toolbox-source/* /requirements \
    && python3 -m venv --system-site-packages /opt/ansible \
    && kolla_pip_install \
        ansible-core \
        ansible-runner \
        openstacksdk \
        pymysql \
        python-ironicclient \
        python-openstackclient \
        pyudev \
    && ansible-galaxy collection install \
        --collections-path /usr/share/ansible/collections \
        --requirements-file /usr/share/ansible/requirements.yml \
    && rm -rf /root/.ansible
RUN printf 'ansible ALL=(root) NOPASSWD: %s\n' \
        '/opt/ansible/bin/ansible localhost -m find_disks -a *' \
        '/usr/bin/ansible localhost -m find_disks -a *' \
        > /etc/sudoers.d/kolla_ansible \
    && chmod 0440 /etc/sudoers.d/kolla_ansible
COPY ansible.cfg hosts /etc/ansible/
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY kolla_toolbox /usr/local/bin/





USER ansible
