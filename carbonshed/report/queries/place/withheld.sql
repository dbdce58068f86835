select distinct
    quotas.scenario_name,
    living.premise_note,
    quotas.quota
from living_standards as living
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
where
    living.year = $year
    and living.stressor_id = $stressor
    and living.premise <> 'holds'
order by quotas.quota, 1, 2
