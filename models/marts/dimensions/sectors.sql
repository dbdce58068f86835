with

prepared as (

    select * from {{ ref('int_sectors') }}

),

sectors as (

    select
        sector_id,
        sector_name,
        sector_group,
        is_power_supply,
        sector_position
    from prepared

)

select * from sectors
