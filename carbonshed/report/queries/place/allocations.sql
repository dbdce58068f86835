select
    allocation.region_id,
    quotas.scenario_name,
    allocation.allocation_rule,
    allocation.allocated_per_capita,
    allocation.footprint_per_capita_after,
    allocation.income_before,
    allocation.income_after
from quota_allocation as allocation
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
inner join
    living_standards as living
    using (year, stressor_id, scenario_id, allocation_rule)
where
    allocation.year = $year
    and allocation.stressor_id = $stressor
    and living.premise = 'holds'
order by allocation.region_id, quotas.quota, 2, 3
