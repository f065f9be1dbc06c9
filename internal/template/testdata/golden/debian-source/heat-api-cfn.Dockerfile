FROM kolla/debian-source-heat-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="heat-api-cfn" \
    org.opencontainers.image.description="heat-api-cfn on debian, type source" \
    org.opencontainers.image.title="heat-api-cfn"










USER heat
