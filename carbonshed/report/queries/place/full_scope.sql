-- a footprint without imports and with them, one line each
with

full_scope as (

    select
        full_scope.*,
        rankings.footprint_rank
    from footprints_with_imports as full_scope
    left join footprint_rankings as rankings
        using (year, stressor_id, region_id)
    where
        full_scope.year = $year
        and full_scope.stressor_id = $stressor
        and full_scope.is_default_method

)

select
    region_id,
    'without' as scope_id,
    domestic_footprint as consumption_footprint,
    null as imports_in_production,
    null as imports_of_final_users,
    domestic_footprint_per_capita as footprint_per_capita,
    footprint_rank,
    null as world_average_ratio,
    null as us_ratio
from full_scope

union all

select
    region_id,
    'with' as scope_id,
    full_footprint as consumption_footprint,
    imports_in_production,
    if(
        sum(imports_of_final_users) over () > 0,
        imports_of_final_users,
        null
    ) as imports_of_final_users,
    full_footprint_per_capita as footprint_per_capita,
    full_footprint_rank as footprint_rank,
    world_average_ratio,
    us_ratio
from full_scope
order by region_id asc, scope_id desc
