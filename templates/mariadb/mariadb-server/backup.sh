#!/bin/bash
# Writes a backup of the database into /backup: all of it with BACKUP_TYPE=full, with
# BACKUP_TYPE=incremental what has changed since the last full one. The server and
# its password are in /etc/mysql/my.cnf, or in the file that MARIADB_CONFIG names.
set -o errexit -o nounset -o pipefail

config=${MARIADB_CONFIG:-/etc/mysql/my.cnf}
last=/backup/last_full_file

# backup FILE OPTION ...: the file gets its name when it is whole.
backup() {
    mkdir --parents "$(dirname "$1")"
    mariadb-backup --defaults-file="$config" --backup --stream=mbstream "${@:2}" | gzip > "$1.part"
    mv "$1.part" "$1"
}

case ${BACKUP_TYPE-} in
    full)
        date=$(date +%d-%m-%Y-%s)
        file=/backup/full-$date/mysqlbackup-$date.qp.xbc.xbs.gz
        backup "$file" --history="$date"
        echo "$file" > "$last"
        ;;
    incremental)
        if ! full=$(cat "$last"); then
            echo "There is no full backup yet: make one with BACKUP_TYPE=full" >&2
            exit 1
        fi
        since=${full#/backup/full-} since=${since%%/*}
        date=$(date +%H-%M-%S-%d-%m-%Y)
        # It has to be laid out once more, to see where it ended.
        base=$(mktemp --directory)
        trap 'rm --recursive --force "$base"' EXIT
        gunzip --stdout "$full" | mbstream --extract --directory="$base"
        backup "/backup/incr-$date-since-$since/incremental-$date-mysqlbackup-$since.qp.xbc.xbs.gz" \
            --history="incr-$date" --incremental-basedir="$base"
        ;;
    *)
        echo "BACKUP_TYPE is \"${BACKUP_TYPE-}\": full or incremental is expected" >&2
        exit 1
        ;;
esac
