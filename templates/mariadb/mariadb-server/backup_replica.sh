#!/bin/bash
# Does what kolla_mariadb_backup.sh does, with another member of the cluster than the
# one that serves: a backup is much work for a server.
set -o errexit -o nounset -o pipefail

config=/etc/mysql/my.cnf

# setting NAME: prints what the configuration has for it.
setting() { sed --quiet --regexp-extended "s/^$1[[:space:]]*=[[:space:]]*//p" "$config" | tail --lines=1; }

# query SQL: prints the answer of the server that the configuration names.
query() {
    MYSQL_PWD=$password mariadb --batch --skip-column-names --host="$host" --user="$user" \
        --ssl-verify-server-cert="${VERIFY_DB_SERVER_CERT:-FALSE}" --execute="$1"
}

host=$(setting host) user=$(setting user) password=$(setting password)
serving=$(getent ahosts "$(query 'SELECT @@hostname')" | awk '{ print $1; exit }')
members=$(query "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_incoming_addresses'")
replica=$serving
for member in ${members//,/ }; do
    if [[ ${member%:*} != "$serving" ]]; then
        replica=${member%:*}
        break
    fi
done
echo "Taking the backup from $replica"

MARIADB_CONFIG=$(mktemp)
export MARIADB_CONFIG
trap 'rm --force "$MARIADB_CONFIG"' EXIT
sed --regexp-extended "s/^host[[:space:]]*=.*/host = $replica/" "$config" > "$MARIADB_CONFIG"
kolla_mariadb_backup.sh
