# shellcheck shell=bash
# Sourced by kolla_extend_start.

# A container that was killed leaves its PID file behind, and Apache would not start
# again.
rm --recursive --force /run/apache2/* /run/httpd/*
if [[ -e /etc/apache2/envvars ]]; then
    # It looks at variables that are not set.
    set +o nounset
    # shellcheck source=/dev/null
    source /etc/apache2/envvars
    set -o nounset
    mkdir --parents "$APACHE_RUN_DIR"
elif [[ ! -e /etc/pki/tls/certs/localhost.crt ]]; then
    # The configuration of mod_ssl names it, used or not.
    /usr/libexec/httpd-ssl-gencerts
fi
