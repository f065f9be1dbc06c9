FROM kolla/debian-source-octavia-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-worker" \
    org.opencontainers.image.description="octavia-worker on debian, type source" \
    org.opencontainers.image.title="octavia-worker"










USER octavia
