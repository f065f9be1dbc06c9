FROM kolla/debian-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="horizon" \
    org.opencontainers.image.description="horizon on debian, type source" \
    org.opencontainers.image.title="horizon"



RUN usermod --append --groups kolla horizon \
    && install --directory --owner=horizon --group=horizon --mode=0750 /var/lib/horizon


RUN export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        gettext \
    && apt-get clean \
    && rm -rf /etc/machine-id /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
        /var/lib/apt/lists/* /var/lib/dbus/machine-id /var/lib/dpkg/*-old \
    && find /usr/lib/python3/dist-packages -type d -name tests -prune -exec rm -rf {} + \
    && find /var/log -type f -delete
ADD horizon-archive /horizon-source
RUN ln --symbolic horizon-source/* /horizon \
    && kolla_pip_install \
        /horizon \
        django-redis \
    && mkdir --parents /etc/horizon \
    && if [ -d /horizon/etc ]; then cp --recursive /horizon/etc/. /etc/horizon/; fi


ENV DJANGO_SETTINGS_MODULE=openstack_dashboard.settings
COPY settings.py /etc/openstack-dashboard/local_settings.d/_9000_kolla.py
COPY install_horizon.sh /usr/local/bin/kolla_install_horizon
RUN kolla_install_horizon
COPY dashboards.py /usr/local/bin/kolla_horizon_dashboards
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY kolla_database /usr/local/bin/





USER horizon
