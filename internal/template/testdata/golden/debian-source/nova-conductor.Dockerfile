FROM kolla/debian-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-conductor" \
    org.opencontainers.image.description="nova-conductor on debian, type source" \
    org.opencontainers.image.title="nova-conductor"







COPY kolla_database /usr/local/bin/





USER nova
