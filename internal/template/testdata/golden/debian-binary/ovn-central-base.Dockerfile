<<<<<<<< HEAD:internal/template/testdata/golden/debian-binary/ovn-central-base.Dockerfile
FROM kolla/debian-binary-ovn-base:0.0.0
========
FROM kolla/ubuntu-binary-ovn-central-base:0.0.0
>>>>>>>> ebb9151 (Catalogue: work in progress):internal/template/testdata/golden/ubuntu-binary/ovn-northd.Dockerfile
LABEL maintainer="Kolla Project" \
    name="ovn-central-base" \
    org.opencontainers.image.description="ovn-central-base on debian, type binary" \
    org.opencontainers.image.title="ovn-central-base"










