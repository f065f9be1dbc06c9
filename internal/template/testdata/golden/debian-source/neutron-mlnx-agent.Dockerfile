<<<<<<<< HEAD:internal/template/testdata/golden/debian-source/neutron-mlnx-agent.Dockerfile
FROM kolla/debian-source-neutron-base:0.0.0
========
FROM kolla/ubuntu-binary-ovn-central-base:0.0.0
>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/ovn-sb-db-server.Dockerfile
LABEL maintainer="Kolla Project" \
    name="neutron-mlnx-agent" \
    org.opencontainers.image.description="neutron-mlnx-agent on debian, type source" \
    org.opencontainers.image.title="neutron-mlnx-agent"




<<<<<<<< HEAD:internal/template/testdata/golden/debian-source/neutron-mlnx-agent.Dockerfile
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3-libvirt \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete
========

>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/ovn-sb-db-server.Dockerfile

RUN kolla_pip_install \
        networking-mlnx





USER neutron
