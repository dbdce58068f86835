-- all regions together, by the distance from the purchase; what final users
-- emit has none
with

footprints as (

    select
        sum(consumption_footprint) as footprints,
        sum(direct_emissions) as emissions
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

),

tiers as (

    select
        tier,
        sum(emissions) as emissions
    from footprint_by_tier
    where
        year = $year
        and stressor_id = $stressor
    group by 1
    having count(*) filter (where emissions <> 0) > 0

)

select
    cast(null as integer) as tier,
    emissions,
    footprints
from footprints
where exists (select * from tiers)

union all

select
    tiers.tier,
    tiers.emissions,
    footprints.footprints
from tiers
cross join footprints
order by 1 nulls first
