FROM kolla/rocky-source-placement-base:0.0.0
LABEL maintainer="Kolla Project" name="placement-api"







USER placement
