FROM kolla/debian-source-heat-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="heat-engine" \
    org.opencontainers.image.description="heat-engine on debian, type source" \
    org.opencontainers.image.title="heat-engine"










USER heat
