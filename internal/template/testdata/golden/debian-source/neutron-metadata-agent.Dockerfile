<<<<<<<< HEAD:internal/template/testdata/golden/debian-source/neutron-metadata-agent.Dockerfile
FROM kolla/debian-source-neutron-base:0.0.0
========
FROM kolla/ubuntu-binary-ovn-central-base:0.0.0
>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/ovn-nb-db-server.Dockerfile
LABEL maintainer="Kolla Project" \
    name="neutron-metadata-agent" \
    org.opencontainers.image.description="neutron-metadata-agent on debian, type source" \
    org.opencontainers.image.title="neutron-metadata-agent"




<<<<<<<< HEAD:internal/template/testdata/golden/debian-source/neutron-metadata-agent.Dockerfile
RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        haproxy \
        openvswitch-common \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/apt/lists/* \
    && find /var/log -type f -delete
========

>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/ovn-nb-db-server.Dockerfile





USER neutron
