select
    nullif(count(*) filter (where status = 'FAIL'), 0) as failed,
    nullif(count(*) filter (where status = 'WARNING'), 0) as warned,
    nullif(count(*) filter (where status = 'SKIPPED'), 0) as skipped,
    nullif(count(*) filter (where status = 'PASS'), 0) as passed
from audit_checks
