select
    substr(quantity, length('quota_') + 1) as scenario_id,
    p05 as quota_p05,
    p95 as quota_p95
from headline_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and starts_with(quantity, 'quota_')
order by scenario_id
