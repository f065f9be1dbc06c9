FROM kolla/debian-source-ceilometer-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ceilometer-central" \
    org.opencontainers.image.description="ceilometer-central on debian, type source" \
    org.opencontainers.image.title="ceilometer-central"










USER ceilometer
