FROM kolla/debian-source-mistral-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="mistral-event-engine" \
    org.opencontainers.image.description="mistral-event-engine on debian, type source" \
    org.opencontainers.image.title="mistral-event-engine"










USER mistral
