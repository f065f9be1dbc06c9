FROM kolla/debian-source-gnocchi-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="gnocchi-api" \
    org.opencontainers.image.description="gnocchi-api on debian, type source" \
    org.opencontainers.image.title="gnocchi-api"










USER gnocchi
