FROM kolla/rhel-binary-hacluster-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="hacluster-pacemaker-remote" \
    org.opencontainers.image.description="hacluster-pacemaker-remote on rhel, type binary" \
    org.opencontainers.image.title="hacluster-pacemaker-remote"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        pacemaker-remote \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN if [ ! -e /usr/sbin/pacemaker_remoted ]; then ln --symbolic pacemaker-remoted /usr/sbin/pacemaker_remoted; fi





