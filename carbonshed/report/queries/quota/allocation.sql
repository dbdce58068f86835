select
    allocation.allocation_rule,
    allocation.region_id,
    allocation.region_name,
    allocation.population,
    allocation.allocated_quota,
    allocation.allocated_per_capita,
    allocation.footprint_per_capita_after
    - allocation.allocated_per_capita as footprint_per_capita_before,
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
    and quotas.is_largest
    and living.premise = 'holds'
order by 1, 2
