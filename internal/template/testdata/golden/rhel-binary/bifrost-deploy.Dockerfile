FROM kolla/rhel-binary-bifrost-base:0.0.0
LABEL maintainer="Kolla Project" \
    name="bifrost-deploy" \
    org.opencontainers.image.description="bifrost-deploy on rhel, type binary" \
    org.opencontainers.image.title="bifrost-deploy"




RUN --mount=type=secret,id=rhel-certificate,target=/run/secrets/etc-pki-entitlement/1.pem --mount=type=secret,id=rhel-key,target=/run/secrets/etc-pki-entitlement/1-key.pem --mount=type=secret,id=rhel-rhsm,target=/run/secrets/rhsm/rhsm.conf --mount=type=secret,id=rhel-authority,target=/run/secrets/rhsm/ca/redhat-uep.pem dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        e2fsprogs \
        systemd \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete


RUN find /etc/systemd/system /usr/lib/systemd/system -path '*.wants/*' -type l \
        ! -name systemd-tmpfiles-setup.service -delete





ENV container=oci
ENTRYPOINT []
CMD ["/sbin/init"]



