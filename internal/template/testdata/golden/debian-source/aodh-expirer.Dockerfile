FROM kolla/debian-source-aodh-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-expirer" \
    org.opencontainers.image.description="aodh-expirer on debian, type source" \
    org.opencontainers.image.title="aodh-expirer"










USER aodh
