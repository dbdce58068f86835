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
inner join largest_quotas as largest
    on
        allocation.year = largest.year
        and allocation.stressor_id = largest.stressor_id
        and allocation.scenario_id = largest.scenario_id
where
    allocation.year = $year
    and allocation.stressor_id = $stressor
order by 1, 2
