-- curves of household footprints, by region and by groups of people inside
-- regions; no rows without groups. A region without them is one group, as in
-- household_inequality
with

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

curves as (

    select
        'groups' as curve,
        rank_order,
        region_id,
        region_name,
        group_id,
        group_name,
        sum(population) over (order by rank_order)
        / sum(population) over () as cumulative_population_share,
        sum(amount) over (order by rank_order)
        / sum(amount) over () as cumulative_amount_share
    from in_line

    union all

    select
        'regions' as curve,
        lorenz_curve.rank_order,
        lorenz_curve.region_id,
        regions.region_name,
        null as group_id,
        null as group_name,
        lorenz_curve.cumulative_population_share,
        lorenz_curve.cumulative_amount_share
    from lorenz_curve
    inner join regions using (region_id)
    where
        lorenz_curve.year = $year
        and lorenz_curve.stressor_id = $stressor
        and lorenz_curve.measure = 'household_footprint'

)

-- without a positive total there is no share, and no curve of regions
select *
from curves
qualify count(distinct curve) over () = 2
order by curve desc, rank_order asc
