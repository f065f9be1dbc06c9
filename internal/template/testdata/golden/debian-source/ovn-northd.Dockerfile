FROM kolla/debian-source-ovn-central-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-northd" \
    org.opencontainers.image.description="ovn-northd on debian, type source" \
    org.opencontainers.image.title="ovn-northd"










