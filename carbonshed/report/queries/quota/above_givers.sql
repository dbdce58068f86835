-- who would receive, and has more per person than one who gives has left
select distinct
    allocation.region_id,
    allocation.region_name,
    regional.footprint_per_capita,
    largest_quotas.smallest_giver as giver,
    largest_quotas.smallest_left_per_capita as left_per_capita
from quota_allocation as allocation
inner join largest_quotas using (year, stressor_id, scenario_id)
inner join regional_accounts as regional using (year, stressor_id, region_id)
where
    allocation.year = $year
    and allocation.stressor_id = $stressor
    and regional.footprint_per_capita
    > largest_quotas.smallest_left_per_capita * (1 + 1e-12)
order by regional.footprint_per_capita desc, 1
