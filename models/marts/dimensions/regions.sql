with

prepared as (

    select * from {{ ref('int_regions') }}

),

regions as (

    select
        region_id,
        region_name,
        parent_region_id,
        region_type,
        longitude,
        latitude,
        is_ranked,
        region_position
    from prepared

)

select * from regions
