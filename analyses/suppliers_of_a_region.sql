{# Who emits for the consumption of one region? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

origins as (

    select * from {{ ref('footprint_by_origin_sector') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

sectors as (

    select * from {{ ref('sectors') }}

)

select
    scope.region_name as consumer,
    origins.origin_region_name as supplier,
    sectors.sector_name as supplying_sector,
    origins.emissions,
    {{ safe_divide('origins.emissions', 'accounts.consumption_footprint') }}
        as footprint_share,
    origins.origin_region_id = scope.region_id as is_own_sector
from scope
inner join accounts using (year, stressor_id, region_id)
inner join origins using (year, stressor_id, region_id)
inner join sectors
    on origins.origin_sector_id = sectors.sector_id
order by
    origins.emissions desc,
    origins.origin_region_id asc,
    sectors.sector_id asc
