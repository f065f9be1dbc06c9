FROM kolla/debian-source-gnocchi-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="gnocchi-metricd" \
    org.opencontainers.image.description="gnocchi-metricd on debian, type source" \
    org.opencontainers.image.title="gnocchi-metricd"










USER gnocchi
