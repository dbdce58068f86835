-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'intensities_by_origin') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

intensities_by_origin as (

    select
        source.year,
        source.stressor_id,
        regions.region_id,
        source.region_sector_id,
        source.intensity
    from source
    inner join regions using (region_position)

)

select * from intensities_by_origin
