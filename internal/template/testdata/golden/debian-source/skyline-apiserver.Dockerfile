FROM kolla/debian-source-skyline-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="skyline-apiserver" \
    org.opencontainers.image.description="skyline-apiserver on debian, type source" \
    org.opencontainers.image.title="skyline-apiserver"





ADD skyline-apiserver-archive /skyline-apiserver-source
RUN ln --symbolic skyline-apiserver-source/* /skyline-apiserver \
    && kolla_pip_install \
        /skyline-apiserver \
    && mkdir --parents /etc/skyline-apiserver \
    && if [ -d /skyline-apiserver/etc ]; then cp --recursive /skyline-apiserver/etc/. /etc/skyline-apiserver/; fi





USER skyline
