with

source as (

    select * from {{ source('ingested', 'region_sectors') }}

),

stg_region_sectors as (

    select
        region_sector_id,
        region_id,
        sector_id
    from source

)

select * from stg_region_sectors
