FROM kolla/debian-source-aodh-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-notifier" \
    org.opencontainers.image.description="aodh-notifier on debian, type source" \
    org.opencontainers.image.title="aodh-notifier"










USER aodh
