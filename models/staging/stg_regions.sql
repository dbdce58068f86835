with

source as (

    select * from {{ source('ingested', 'regions') }}

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
        region_type not in ('remainder', 'rest_of_world') as is_ranked
    from source

)

select * from stg_regions
