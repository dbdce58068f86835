select
    check_id,
    year,
    status,
    message,
    worst as worst_offenders,
    count as offenders,
    total
from {{ source('ingested', 'audit_checks') }}
