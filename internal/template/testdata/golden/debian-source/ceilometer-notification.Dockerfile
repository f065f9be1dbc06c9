FROM kolla/debian-source-ceilometer-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="ceilometer-notification" \
    org.opencontainers.image.description="ceilometer-notification on debian, type source" \
    org.opencontainers.image.title="ceilometer-notification"










USER ceilometer
