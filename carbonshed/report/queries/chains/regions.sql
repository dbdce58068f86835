-- each region by the distance from the purchase at which it is emitted
with

tiers as (

    select
        region_id,
        sum(emissions) filter (where tier = 0) as of_makers,
        sum(emissions) filter (where tier = 1) as of_suppliers,
        sum(emissions) filter (where tier > 1) as of_others
    from footprint_by_tier
    where
        year = $year
        and stressor_id = $stressor
    group by 1

),

footprints as (

    select
        region_id,
        region_name,
        consumption_footprint,
        case when consumption_footprint > 0 then consumption_footprint end
            as whole,
        direct_emissions
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

)

select
    footprints.region_id,
    footprints.region_name,
    footprints.consumption_footprint as footprint,
    nullif(footprints.direct_emissions, 0) / footprints.whole as user_share,
    tiers.of_makers / footprints.whole as maker_share,
    tiers.of_suppliers / footprints.whole as supplier_share,
    tiers.of_others / footprints.whole as upstream_share
from footprints
inner join tiers using (region_id)
order by footprints.consumption_footprint desc, footprints.region_id asc
