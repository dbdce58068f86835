-- curves of all measures, and of household footprints by groups of people
-- inside regions; a region without groups is one, as in household_inequality
with

curves as (

    select
        lorenz_curve.measure,
        lorenz_curve.rank_order,
        lorenz_curve.region_id,
        regions.region_name,
        null as group_name,
        lorenz_curve.cumulative_population_share,
        lorenz_curve.cumulative_amount_share
    from lorenz_curve
    inner join regions using (region_id)
    where
        lorenz_curve.year = $year
        and lorenz_curve.stressor_id = $stressor

),

people as (

    select
        regional_accounts.region_id,
        regions.region_name,
        own.group_id,
        own.group_name,
        coalesce(own.population, regional_accounts.population)
            as population,
        coalesce(own.emissions, regional_accounts.household_footprint)
            as amount
    from regional_accounts
    inner join regions using (region_id)
    left join household_group_footprints as own
        using (year, stressor_id, region_id)
    where
        regional_accounts.year = $year
        and regional_accounts.stressor_id = $stressor
        and regional_accounts.is_ranked
        -- without a positive total there is no share, and no curve of regions
        and 'household_footprint' in (select curves.measure from curves)
    qualify count(own.group_id) over () > 0

),

in_line as (

    select
        *,
        row_number() over (
            order by amount / population, region_id, group_id
        ) as rank_order
    from people

),

all_curves as (

    select * from curves

    union all

    select
        'household_groups' as measure,
        rank_order,
        region_id,
        region_name,
        group_name,
        sum(population) over (order by rank_order)
        / sum(population) over () as cumulative_population_share,
        sum(amount) over (order by rank_order)
        / sum(amount) over () as cumulative_amount_share
    from in_line

),

indices as (

    select
        measure,
        gini
    from inequality_indices
    where year = $year and stressor_id = $stressor

    union all

    select
        'household_groups' as measure,
        gini_groups as gini
    from household_inequality
    where year = $year and stressor_id = $stressor

)

select
    all_curves.*,
    indices.gini
from all_curves
left join indices using (measure)
order by all_curves.measure, all_curves.rank_order
