FROM kolla/debian-source-octavia-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-api" \
    org.opencontainers.image.description="octavia-api on debian, type source" \
    org.opencontainers.image.title="octavia-api"










USER octavia
