with

staged as (

    select * from {{ ref('stg_regions') }}

),

int_regions as (

    select
        region_id,
        region_name,
        parent_region_id,
        region_type,
        longitude,
        latitude,
        is_ranked,
        region_position
    from staged

)

select * from int_regions
