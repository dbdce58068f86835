select
    status,
    check_id,
    year,
    message,
    worst_offenders,
    offenders
from audit_checks
order by
    case status
        when 'FAIL' then 0 when 'WARNING' then 1 when 'SKIPPED' then 2
        else 3
    end,
    check_id,
    year
