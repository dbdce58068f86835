select
    scenario_id,
    scenario_name,
    premise
from quota_summary
where
    year = $year
    and stressor_id = $stressor
    and is_largest
