FROM kolla/debian-source-mistral-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-executor" \
    org.opencontainers.image.description="mistral-executor on debian, type source" \
    org.opencontainers.image.title="mistral-executor"










USER mistral
