select
    quantity,
    value,
    p05,
    p95,
    unit
from headline_uncertainty
where year = $year and stressor_id = $stressor
order by quantity
