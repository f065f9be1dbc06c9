FROM kolla/debian-binary-mariadb-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mariadb-clustercheck" \
    org.opencontainers.image.description="mariadb-clustercheck on debian, type binary" \
    org.opencontainers.image.title="mariadb-clustercheck"






COPY socat_wrapper /usr/local/bin/





USER mysql
