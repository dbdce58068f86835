with

staged as (

    select * from {{ ref('stg_sectors') }}

),

int_sectors as (

    select
        sector_id,
        sector_name,
        sector_group,
        is_power_supply,
        sector_position
    from staged

)

select * from int_sectors
