with

capped as (

    select categories.category_id
    from stg_final_demand_categories as categories
    inner join capped_groups using (category_group)

)

select
    emissions.origin_region_id,
    emissions.region_id as destination_region_id,
    coalesce(
        sum(emissions.emissions) filter (where capped.category_id is not null),
        0
    ) as capped,
    coalesce(
        sum(emissions.emissions) filter (where capped.category_id is null), 0
    ) as other
from int_embodied_emissions as emissions
left join capped using (category_id)
where
    emissions.year = $year
    and emissions.stressor_id = $stressor
    and emissions.region_id <> 'UNATTRIBUTED'
group by 1, 2
order by 1, 2
