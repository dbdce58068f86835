select
    substr(quantity, length('quota_') + 1) as scenario_id,
    max(p05) filter (where is_default_rule) as quota_p05,
    max(p95) filter (where is_default_rule) as quota_p95,
    max(p05) filter (where uncertainty_rule = 'independent') as independent_p05,
    max(p95) filter (where uncertainty_rule = 'independent') as independent_p95
from headline_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and starts_with(quantity, 'quota_')
group by quantity
order by scenario_id
