FROM kolla/rhel-source-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="horizon" \
    org.opencontainers.image.description="horizon on rhel, type source" \
    org.opencontainers.image.title="horizon"



RUN usermod --append --groups kolla horizon \
    && install --directory --owner=horizon --group=horizon --mode=0750 /var/lib/horizon


RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        gettext \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
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
