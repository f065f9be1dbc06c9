FROM kolla/debian-source-designate-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-mdns" \
    org.opencontainers.image.description="designate-mdns on debian, type source" \
    org.opencontainers.image.title="designate-mdns"










USER designate
