-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'intermediate_trade') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

intermediate_trade as (

    select
        source.year,
        source.stressor_id,
        origins.region_id as origin_region_id,
        destinations.region_id as destination_region_id,
        source.amount,
        source.embodied
    from source
    inner join regions as origins
        on source.origin_position = origins.region_position
    inner join regions as destinations
        on source.destination_position = destinations.region_position

)

select * from intermediate_trade
