FROM kolla/debian-source-octavia-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-driver-agent" \
    org.opencontainers.image.description="octavia-driver-agent on debian, type source" \
    org.opencontainers.image.title="octavia-driver-agent"










USER octavia
