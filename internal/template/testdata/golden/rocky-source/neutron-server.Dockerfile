FROM kolla/rocky-source-neutron-base:0.0.0
LABEL maintainer="Kolla Project" name="neutron-server"







USER neutron
