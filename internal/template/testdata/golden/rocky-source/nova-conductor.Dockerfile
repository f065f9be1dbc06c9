FROM kolla/rocky-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="nova-conductor" \
    org.opencontainers.image.description="nova-conductor on rocky, type source" \
    org.opencontainers.image.title="nova-conductor"







COPY kolla_database /usr/local/bin/





USER nova
