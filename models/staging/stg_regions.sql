with

source as (

    -- datasets that were ingested before regions could have an English name
    select * from {{ source('ingested', 'regions') }}
    union all by name
    select cast(null as varchar) as region_name_en
    where false

),

stg_regions as (

    select
        region_id,
        region_name,
        parent_region_id,
        region_type,
        region_position,
        longitude,
        latitude,
        region_name_en,
        region_type not in ('remainder', 'rest_of_world') as is_ranked
    from source

)

select * from stg_regions
