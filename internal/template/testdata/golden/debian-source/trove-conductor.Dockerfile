FROM kolla/debian-source-trove-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-conductor" \
    org.opencontainers.image.description="trove-conductor on debian, type source" \
    org.opencontainers.image.title="trove-conductor"










USER trove
