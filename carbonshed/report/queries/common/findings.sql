select
    year,
    stressor_id,
    finding_id,
    finding,
    value
from findings
order by 1, 2, finding_position, 3
