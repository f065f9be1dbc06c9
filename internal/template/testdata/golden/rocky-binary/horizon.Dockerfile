FROM kolla/rocky-binary-openstack-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="horizon" \
    org.opencontainers.image.description="horizon on rocky, type binary" \
    org.opencontainers.image.title="horizon"



RUN usermod --append --groups kolla horizon \
    && install --directory --owner=horizon --group=horizon --mode=0750 /var/lib/horizon


RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        openstack-cloudkitty-ui \
        openstack-dashboard \
        openstack-designate-ui \
        openstack-heat-ui \
        openstack-ironic-ui \
        openstack-magnum-ui \
        openstack-manila-ui \
        openstack-mistral-ui \
        openstack-octavia-ui \
        openstack-trove-ui \
        openstack-watcher-ui \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete



ENV PYTHONPATH=/usr/share/openstack-dashboard
ENV DJANGO_SETTINGS_MODULE=openstack_dashboard.settings
COPY settings.py /etc/openstack-dashboard/local_settings.d/_9000_kolla.py
COPY install_horizon.sh /usr/local/bin/kolla_install_horizon
RUN kolla_install_horizon
COPY dashboards.py /usr/local/bin/kolla_horizon_dashboards
COPY extend_start.sh /usr/local/bin/kolla_extend_start_service
COPY kolla_database /usr/local/bin/





USER horizon
