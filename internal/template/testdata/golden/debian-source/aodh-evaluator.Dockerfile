FROM kolla/debian-source-aodh-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="aodh-evaluator" \
    org.opencontainers.image.description="aodh-evaluator on debian, type source" \
    org.opencontainers.image.title="aodh-evaluator"










USER aodh
