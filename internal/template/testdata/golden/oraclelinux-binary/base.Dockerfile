FROM oraclelinux:10
LABEL maintainer="Kolla Project" \
    name="base" \
    org.opencontainers.image.description="base on oraclelinux, type binary" \
    org.opencontainers.image.title="base"

LABEL kolla_version="0.0.0" \
    org.opencontainers.image.authors="Kolla Project" \
    org.opencontainers.image.base.name="oraclelinux:10" \
    org.opencontainers.image.version="0.0.0"





ENV KOLLA_BASE_DISTRO=oraclelinux \
    KOLLA_BASE_ARCH=x86_64 \
    LANG=C.UTF-8 \
    PS1='(${KOLLA_SERVICE_NAME})[$(id -un)@$(uname -n) ${PWD}]$ '



RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        dnf-plugins-core \
        oracle-epel-release-el10 \
    && dnf config-manager --set-enabled ol10_codeready_builder \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete
RUN dnf install --assumeyes --setopt=install_weak_deps=False --setopt=tsflags=nodocs \
        /usr/bin/curl \
        ca-certificates \
        dumb-init \
        findutils \
        iproute \
        procps-ng \
        python3 \
        python3-pyyaml \
        shadow-utils \
        sudo \
        tar \
        util-linux \
        which \
    && dnf clean all \
    && rm -rf /var/cache/dnf /var/cache/ldconfig/aux-cache /var/cache/libdnf5 \
    && find /var/log -type f -delete

COPY copy_cacerts.sh /usr/local/bin/kolla_copy_cacerts
COPY extend_start.sh /usr/local/bin/kolla_extend_start
COPY healthcheck_curl healthcheck_filemod healthcheck_listen healthcheck_port healthcheck_socket /usr/local/bin/
COPY install_projects.sh /usr/local/bin/kolla_install_projects
COPY patch.sh /usr/local/bin/kolla_patch
COPY pip_install.sh /usr/local/bin/kolla_pip_install
COPY set_configs.py /usr/local/bin/kolla_set_configs
COPY start.sh /usr/local/bin/kolla_start
COPY sudo.sh /usr/local/bin/sudo
COPY sudoers /etc/sudoers.d/kolla


RUN set -o errexit; \
    for user in \
        almanach:42475:almanach:42475 \
        ansible:42401:ansible:42401 \
        aodh:42402:aodh:42402 \
        barbican:42403:barbican:42403 \
        bifrost:42404:bifrost:42404 \
        blazar:42471:blazar:42471 \
        ceilometer:42405:ceilometer:42405 \
        cinder:42407:cinder:42407 \
        cloudkitty:42408:cloudkitty:42408 \
        collectd:42409:collectd:42409 \
        congress:42410:congress:42410 \
        cyborg:42483:cyborg:42483 \
        designate:42411:designate:42411 \
        dragonflow:42464:dragonflow:42464 \
        ec2api:42466:ec2api:42466 \
        elasticsearch:42412:elasticsearch:42412 \
        etcd:42413:etcd:42413 \
        fluentd:42474:fluentd:42474 \
        freezer:42414:freezer:42414 \
        glance:42415:glance:42415 \
        gnocchi:42416:gnocchi:42416 \
        grafana:42417:grafana:42417 \
        hacluster:42486:haclient:42486 \
        haproxy:42454:haproxy:42454 \
        heat:42418:heat:42418 \
        horizon:42420:horizon:42420 \
        hsmusers:42493:hsmusers:42493 \
        hugetlbfs:42477:hugetlbfs:42477 \
        influxdb:42421:influxdb:42421 \
        ironic:42422:ironic:42422 \
        ironic-inspector:42461:ironic-inspector:42461 \
        kafka:42423:kafka:42423 \
        kerbside:42495:kerbside:42495 \
        keystone:42425:keystone:42425 \
        kibana:42426:kibana:42426 \
        kolla:42400:kolla:42400 \
        kuryr:42469:kuryr:42469 \
        letsencrypt:42488:letsencrypt:42488 \
        libvirt:42473:libvirt:42473 \
        logstash:42478:logstash:42478 \
        magnum:42428:magnum:42428 \
        manila:42429:manila:42429 \
        masakari:42485:masakari:42485 \
        memcached:42457:memcached:42457 \
        mistral:42430:mistral:42430 \
        monasca:42431:monasca:42431 \
        mongodb:42432:mongodb:42432 \
        murano:42433:murano:42433 \
        mysql:42434:mysql:42434 \
        neutron:42435:neutron:42435 \
        nfast:42481:nfast:42481 \
        nova:42436:nova:42436 \
        octavia:42437:octavia:42437 \
        odl:42462:odl:42462 \
        opensearch:42490:opensearch:42490 \
        opensearch-dashboards:42492:opensearch-dashboards:42492 \
        openvswitch:42476:openvswitch:42476 \
        placement:42482:placement:42482 \
        prometheus:42472:prometheus:42472 \
        proxysql:42487:proxysql:42487 \
        qdrouterd:42465:qdrouterd:42465 \
        qemu:42427:qemu:42427 \
        rabbitmq:42439:rabbitmq:42439 \
        rally:42440:rally:42440 \
        redis:42460:redis:42460 \
        sahara:42441:sahara:42441 \
        senlin:42443:senlin:42443 \
        sensu:42467:sensu:42467 \
        skydive:42468:skydive:42468 \
        skyline:42491:skyline:42491 \
        solum:42444:solum:42444 \
        storm:42479:storm:42479 \
        swift:42445:swift:42445 \
        tacker:42446:tacker:42446 \
        td-agent:42447:td-agent:42447 \
        telegraf:42448:telegraf:42448 \
        tempest:42480:tempest:42480 \
        trove:42449:trove:42449 \
        valkey:42494:valkey:42494 \
        venus:42489:venus:42489 \
        vitrage:42459:vitrage:42459 \
        vmtp:42450:vmtp:42450 \
        watcher:42451:watcher:42451 \
        zookeeper:42453:zookeeper:42453 \
        zun:42463:zun:42463 \
    ; do \
        IFS=:; set -- $user; \
        groupadd --force --gid "$4" "$3"; \
        useradd --no-log-init --uid "$2" --gid "$3" --no-create-home --home-dir "/var/lib/$1" --shell /usr/sbin/nologin "$1"; \
    done
RUN install --directory --group=kolla --mode=2775 /var/log/kolla \
    && install --directory /etc/kolla /var/lib/kolla/config_files \
    && chmod 0440 /etc/sudoers.d/kolla





ENTRYPOINT ["dumb-init", "--single-child", "--"]
CMD ["kolla_start"]

