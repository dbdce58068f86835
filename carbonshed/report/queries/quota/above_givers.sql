with

-- who gives, and has least left
poorest_givers as (

    select
        by_region.region_id,
        by_region.region_name,
        by_region.footprint_after / regional.population as left_per_capita
    from quota_by_region as by_region
    inner join largest_quotas using (year, stressor_id, scenario_id)
    inner join
        regional_accounts as regional
        using (year, stressor_id, region_id)
    where
        by_region.year = $year
        and by_region.stressor_id = $stressor
        and by_region.is_selected
        and by_region.footprint_after < by_region.footprint_before
        and regional.population > 0
    order by 3, 1
    limit 1

),

receivers as (

    select distinct
        allocation.region_id,
        allocation.region_name,
        regional.footprint_per_capita
    from quota_allocation as allocation
    inner join largest_quotas using (year, stressor_id, scenario_id)
    inner join
        regional_accounts as regional
        using (year, stressor_id, region_id)
    where
        allocation.year = $year
        and allocation.stressor_id = $stressor

)

select
    receivers.region_id,
    receivers.region_name,
    receivers.footprint_per_capita,
    poorest_givers.region_name as giver,
    poorest_givers.left_per_capita
from receivers
inner join poorest_givers
    on
        receivers.footprint_per_capita
        > poorest_givers.left_per_capita * (1 + 1e-12)
order by receivers.footprint_per_capita desc, 1
