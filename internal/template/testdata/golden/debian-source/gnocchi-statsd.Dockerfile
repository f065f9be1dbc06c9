FROM kolla/debian-source-gnocchi-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="gnocchi-statsd" \
    org.opencontainers.image.description="gnocchi-statsd on debian, type source" \
    org.opencontainers.image.title="gnocchi-statsd"










USER gnocchi
