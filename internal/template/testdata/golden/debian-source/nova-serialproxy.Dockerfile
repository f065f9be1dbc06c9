FROM kolla/debian-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-serialproxy" \
    org.opencontainers.image.description="nova-serialproxy on debian, type source" \
    org.opencontainers.image.title="nova-serialproxy"










USER nova
