<<<<<<<< HEAD:internal/template/testdata/golden/debian-source/ovn-central-base.Dockerfile
FROM kolla/debian-source-ovn-base:0.0.0
========
FROM kolla/ubuntu-source-ovn-central-base:0.0.0
>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-source/ovn-northd.Dockerfile
LABEL maintainer="Kolla Project" \
    name="ovn-central-base" \
    org.opencontainers.image.description="ovn-central-base on debian, type source" \
    org.opencontainers.image.title="ovn-central-base"










