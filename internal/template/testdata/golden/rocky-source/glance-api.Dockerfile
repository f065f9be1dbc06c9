FROM kolla/rocky-source-glance-base:0.0.0
LABEL maintainer="Kolla Project" name="glance-api"







USER glance
