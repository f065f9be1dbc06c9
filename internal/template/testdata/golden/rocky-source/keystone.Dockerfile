FROM kolla/rocky-source-keystone-base:0.0.0
LABEL maintainer="Kolla Project" name="keystone"






USER keystone
