FROM kolla/debian-source-octavia-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-health-manager" \
    org.opencontainers.image.description="octavia-health-manager on debian, type source" \
    org.opencontainers.image.title="octavia-health-manager"










USER octavia
