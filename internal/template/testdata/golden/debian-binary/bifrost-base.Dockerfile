FROM kolla/debian-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="bifrost-base" \
    org.opencontainers.image.description="bifrost-base on debian, type binary" \
    org.opencontainers.image.title="bifrost-base"



RUN usermod --append --groups kolla bifrost \
    && install --directory --owner=bifrost --group=bifrost --mode=0750 /var/lib/bifrost


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        cpio \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete



COPY build.yml /etc/kolla/bifrost.yml
ENV ANSIBLE_GATHER_TIMEOUT=30 \
    VENV=/var/lib/kolla/venv
WORKDIR /bifrost
RUN apt-get update && ansible-galaxy collection install --requirements-file ansible-collections-requirements.yml \
    && ansible-playbook --inventory playbooks/inventory/target playbooks/install.yaml \
        --extra-vars git_branch=master \
        --extra-vars ipa_upstream_release=master \
        --extra-vars upper_constraints_file=/requirements/upper-constraints.txt \
        --extra-vars @/etc/kolla/bifrost.yml \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete \
    && chown --recursive bifrost:bifrost /bifrost/
RUN printf 'bifrost ALL=(root) NOPASSWD: %s\n' \
        'ALL' \
        > /etc/sudoers.d/kolla_bifrost \
    && chmod 0440 /etc/sudoers.d/kolla_bifrost





