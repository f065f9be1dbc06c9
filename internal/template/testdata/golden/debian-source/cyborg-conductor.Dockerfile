FROM kolla/debian-source-cyborg-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="cyborg-conductor" \
    org.opencontainers.image.description="cyborg-conductor on debian, type source" \
    org.opencontainers.image.title="cyborg-conductor"










USER cyborg
