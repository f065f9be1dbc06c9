FROM kolla/debian-source-mistral-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-api" \
    org.opencontainers.image.description="mistral-api on debian, type source" \
    org.opencontainers.image.title="mistral-api"










USER mistral
