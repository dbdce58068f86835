-- parts of the footprint of all regions together, and of the ten largest of
-- those that are ranked
with

accounts as (

    select
        region_id,
        region_name,
        is_ranked,
        consumption_footprint as footprint,
        inflow_emissions as from_elsewhere,
        local_emissions as from_there,
        direct_emissions as by_final_users
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

),

largest as (

    select * from accounts
    where is_ranked
    order by footprint desc, region_id asc
    limit 10

),

together as (

    select
        cast(null as varchar) as region_id,
        cast(null as varchar) as region_name,
        count(*) as regions,
        sum(footprint) as footprint,
        sum(from_elsewhere) as from_elsewhere,
        sum(from_there) as from_there,
        sum(by_final_users) as by_final_users
    from accounts

)

select
    region_id,
    region_name,
    regions,
    footprint,
    from_elsewhere,
    from_there,
    by_final_users
from together

union all

select
    region_id,
    region_name,
    1 as regions,
    footprint,
    from_elsewhere,
    from_there,
    by_final_users
from largest
order by regions desc, footprint desc, region_id asc
