-- receivers that have more than a giver has left
select distinct
    allocation.region_id,
    allocation.region_name,
    regional.footprint_per_capita,
    quotas.lowest_giver_region_name as giver,
    quotas.lowest_giver_per_capita_after as left_per_capita
from quota_allocation as allocation
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
inner join
    living_standards as living
    using (year, stressor_id, scenario_id, allocation_rule)
inner join regional_accounts as regional using (year, stressor_id, region_id)
where
    allocation.year = $year
    and allocation.stressor_id = $stressor
    and quotas.is_largest
    and living.premise = 'holds'
    and allocation.allocated_per_capita
    > 1e-12 * allocation.footprint_per_capita_after
    and regional.footprint_per_capita
    > quotas.lowest_giver_per_capita_after * (1 + 1e-12)
order by regional.footprint_per_capita desc, 1
