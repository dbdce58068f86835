with

sectors as (

    select
        sector_id,
        sector_name,
        sector_group,
        is_power_supply,
        sector_position
    from {{ ref('stg_sectors') }}

)

select * from sectors
