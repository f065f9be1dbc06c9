FROM kolla/debian-source-designate-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="designate-producer" \
    org.opencontainers.image.description="designate-producer on debian, type source" \
    org.opencontainers.image.title="designate-producer"










USER designate
