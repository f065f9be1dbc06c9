FROM kolla/rocky-source-nova-base:0.0.0
LABEL maintainer="Kolla Project" name="nova-api"







USER nova
