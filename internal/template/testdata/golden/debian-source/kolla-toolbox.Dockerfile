FROM kolla/debian-source-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="kolla-toolbox" \
    org.opencontainers.image.description="kolla-toolbox on debian, type source" \
    org.opencontainers.image.title="kolla-toolbox"



RUN usermod --append --groups kolla ansible \
    && install --directory --owner=ansible --group=ansible --mode=0750 /var/lib/ansible
RUN usermod --append --groups kolla rabbitmq \
    && install --directory --owner=rabbitmq --group=rabbitmq --mode=0750 /var/lib/rabbitmq


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        build-essential \
        gdisk \
        git \
        jq \
        libffi-dev \
        libssl-dev \
        libxml2-dev \
        libxslt1-dev \
        openssh-client \
        openvswitch-switch \
        python3-dev \
        python3-venv \
        rabbitmq-server \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
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
