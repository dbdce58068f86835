{# At which distance from the purchase is the footprint of one region
   emitted? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

tiers as (

    select * from {{ ref('footprint_by_tier') }}

),

footprints as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions
    from tiers
    group by 1, 2, 3

)

select
    scope.region_name as consumer,
    tiers.tier,
    tiers.emissions,
    {{ safe_divide('tiers.emissions', 'footprints.emissions') }}
        as footprint_share
from scope
inner join tiers using (year, stressor_id, region_id)
inner join footprints using (year, stressor_id, region_id)
order by tiers.tier
