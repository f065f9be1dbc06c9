#!/bin/bash
# healthcheck.sh [--defaults-file FILE] TEST ...: is the server well?
#
#     --connect             it takes connections, and lets this user in
#     --galera_online       it is in step with the other members of its cluster
#     --innodb_initialized  InnoDB has read its files
#
# The file has the user and the password. Name and options are those of the script that
# MariaDB's own images bring.
set -o errexit -o nounset -o pipefail

options=(--batch --connect-timeout=10 --skip-column-names)

# query SQL WANTED: does the server answer so?
query() {
    local answer
    answer=$(mariadb "${options[@]}" --execute="$1")
    if [[ $answer != "$2" ]]; then
        echo "$1: $answer, not $2" >&2
        return 1
    fi
}

tests=()
while (($# > 0)); do
    case $1 in
        # The client wants this one to be the first.
        --defaults-file=*) options=("$1" "${options[@]}") ;;
        --defaults-file) options=("$1=${2:?a file is expected after $1}" "${options[@]}") && shift ;;
        --connect) tests+=("SELECT 1" 1) ;;
        --galera_online)
            tests+=("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'WSREP_LOCAL_STATE'" 4)
            ;;
        --innodb_initialized)
            tests+=("SELECT COUNT(*) > 0 FROM information_schema.ENGINES WHERE ENGINE = 'InnoDB' AND SUPPORT IN ('YES', 'DEFAULT')" 1)
            ;;
        *)
            echo "unknown option $1" >&2
            exit 2
            ;;
    esac
    shift
done
if ((${#tests[@]} == 0)); then
    echo "no test is named" >&2
    exit 2
fi
for ((i = 0; i < ${#tests[@]}; i += 2)); do
    query "${tests[i]}" "${tests[i + 1]}"
done
