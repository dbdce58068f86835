with

regions as (

    select
        region_id,
        region_name,
        parent_region_id,
        region_type,
        longitude,
        latitude,
        is_ranked,
        region_position,
        region_name_en
    from {{ ref('stg_regions') }}

)

select * from regions
