with

effects as (

    select
        year,
        stressor_id,
        base_year,
        is_deflated,
        region_id,
        region_name,
        sum(case when effect_id = 'intensity' then change end) as intensity,
        sum(case when effect_id = 'technology' then change end)
            as technology,
        sum(case when effect_id = 'final_sourcing' then change end)
            as final_sourcing,
        sum(case when effect_id = 'product_mix' then change end)
            as product_mix,
        sum(case when effect_id = 'demand_per_head' then change end)
            as demand_per_head,
        sum(case when effect_id = 'population' then change end)
            as population,
        sum(case when effect_id = 'other_demand' then change end)
            as other_demand,
        sum(case when effect_id = 'direct_emissions' then change end)
            as direct_emissions
    from footprint_changes
    where
        year = $year
        and stressor_id = $stressor
    group by 1, 2, 3, 4, 5, 6

)

select
    effects.region_id,
    effects.region_name,
    effects.base_year,
    effects.is_deflated,
    later.consumption_footprint - earlier.consumption_footprint
        as change,  -- noqa: RF04, the promised name
    earlier.consumption_footprint as base_footprint,
    later.consumption_footprint as footprint,
    effects.intensity,
    effects.technology,
    effects.final_sourcing,
    effects.product_mix,
    effects.demand_per_head,
    effects.population,
    effects.other_demand,
    effects.direct_emissions
from effects
inner join regional_accounts as later
    using (year, stressor_id, region_id)
inner join regional_accounts as earlier
    on
        effects.base_year = earlier.year
        and effects.stressor_id = earlier.stressor_id
        and effects.region_id = earlier.region_id
order by
    abs(
        later.consumption_footprint - earlier.consumption_footprint
    ) desc,
    effects.region_id asc
