FROM kolla/debian-source-tacker-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="tacker-conductor" \
    org.opencontainers.image.description="tacker-conductor on debian, type source" \
    org.opencontainers.image.title="tacker-conductor"










USER tacker
