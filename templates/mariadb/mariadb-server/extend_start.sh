# shellcheck shell=bash
# Sourced by kolla_start.

install --directory --mode=0755 "${MARIADB_LOG_DIR:-/var/log/kolla/mariadb}"

# With KOLLA_BOOTSTRAP the container makes an empty database and ends. A database
# that is already there is somebody's data and stays as it is.
if [[ -v KOLLA_BOOTSTRAP ]]; then
    if [[ -d /var/lib/mysql/mysql ]]; then
        exit 0
    fi
    password=${DB_ROOT_PASSWORD:?the password of the user root of the database}
    password=${password//\\/\\\\}
    password=${password//\'/\\\'}
    # The other method makes users named root for each name of this host, all
    # without a password.
    mariadb-install-db --auth-root-authentication-method=socket --skip-test-db
    # In this mode the server reads statements instead of serving connections: at
    # no time can anybody reach a root that has no password. A cluster has no part in
    # it yet.
    mariadbd --bootstrap --wsrep-on=OFF <<SQL || { rm --recursive --force /var/lib/mysql/*; exit 1; }
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';
CREATE USER 'root'@'%' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
SQL
    exit 0
fi

# With KOLLA_UPGRADE it brings the tables of a running server to this version.
if [[ -v KOLLA_UPGRADE ]]; then
    # The program takes each folder for a database, and stumbles over this one.
    rm --recursive --force /var/lib/mysql/.pki
    MYSQL_PWD=${DB_ROOT_PASSWORD:?the password of the user root of the database} \
        mariadb-upgrade --host="${DB_HOST:?}" --port="${DB_PORT:?}" --user=root
    exit 0
fi

# For the first member of a cluster: --wsrep-new-cluster.
# shellcheck disable=SC2034
ARGS=${BOOTSTRAP_ARGS-}
