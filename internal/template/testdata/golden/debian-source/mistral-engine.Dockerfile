FROM kolla/debian-source-mistral-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-engine" \
    org.opencontainers.image.description="mistral-engine on debian, type source" \
    org.opencontainers.image.title="mistral-engine"










USER mistral
