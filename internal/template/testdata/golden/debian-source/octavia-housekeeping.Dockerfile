FROM kolla/debian-source-octavia-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="octavia-housekeeping" \
    org.opencontainers.image.description="octavia-housekeeping on debian, type source" \
    org.opencontainers.image.title="octavia-housekeeping"










USER octavia
