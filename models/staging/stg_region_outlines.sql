with

regions as (

    -- datasets that were ingested before regions could have outlines
    select * from {{ source('ingested', 'regions') }}
    union all by name
    select cast(null as varchar) as outline
    where false

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}
    union all by name
    select
        cast(null as varchar) as outlines_source,
        cast(null as varchar) as outlines_licence
    where false

),

stg_region_outlines as (

    select
        regions.region_id,
        regions.outline,
        dataset.outlines_source as source,  -- noqa: RF04, the promised name
        dataset.outlines_licence as licence,
        regions.region_name,
        regions.region_position
    from regions
    cross join dataset
    where regions.outline is not null

)

select * from stg_region_outlines
