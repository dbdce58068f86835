with

source as (

    select * from {{ source('ingested', 'sectors') }}

),

stg_sectors as (

    select
        sector_id,
        sector_name,
        sector_group,
        sector_position,
        is_power_supply
    from source

)

select * from stg_sectors
