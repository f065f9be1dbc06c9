# shellcheck shell=bash
# Sourced by kolla_extend_start.

# A deployment may have the logs rotated more often or less often than once a day.
case ${KOLLA_LOGROTATE_SCHEDULE-} in
    hourly | daily | weekly | monthly)
        schedule=/etc/cron.$KOLLA_LOGROTATE_SCHEDULE
        # Where it is depends on what was asked for at the last start.
        for job in /etc/cron.{hourly,daily,weekly,monthly}/logrotate; do
            if [[ -e $job && ! $job -ef $schedule/logrotate ]]; then
                mkdir --parents "$schedule"
                mv "$job" "$schedule/"
            fi
        done
        ;;
esac
