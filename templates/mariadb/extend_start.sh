# shellcheck shell=bash
# Sourced by kolla_start.

mkdir --parents /var/log/kolla/mariadb

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
    # no time can anybody reach a root that has no password.
    mariadbd --bootstrap <<SQL || { rm --recursive --force /var/lib/mysql/*; exit 1; }
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';
CREATE USER 'root'@'%' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
SQL
    exit 0
fi
