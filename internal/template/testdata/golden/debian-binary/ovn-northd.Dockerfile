FROM kolla/debian-binary-ovn-central-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ovn-northd" \
    org.opencontainers.image.description="ovn-northd on debian, type binary" \
    org.opencontainers.image.title="ovn-northd"










