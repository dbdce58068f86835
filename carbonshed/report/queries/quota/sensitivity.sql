select
    rule_id,
    benchmark_id,
    cap_id,
    includes_power_supply,
    is_default_rule,
    quota
from quota_by_choice
where
    year = $year
    and stressor_id = $stressor
order by 1, 2, 3, 4
