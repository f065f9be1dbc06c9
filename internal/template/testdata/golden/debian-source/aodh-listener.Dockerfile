FROM kolla/debian-source-aodh-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-listener" \
    org.opencontainers.image.description="aodh-listener on debian, type source" \
    org.opencontainers.image.title="aodh-listener"










USER aodh
