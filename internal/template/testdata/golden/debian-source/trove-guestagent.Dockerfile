FROM kolla/debian-source-trove-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="trove-guestagent" \
    org.opencontainers.image.description="trove-guestagent on debian, type source" \
    org.opencontainers.image.title="trove-guestagent"










USER trove
