-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'domestic_technology') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

domestic_technology as (

    select
        source.year,
        source.stressor_id,
        sectors.sector_id,
        source.intensity
    from source
    inner join sectors on source.product_position = sectors.sector_position

)

select * from domestic_technology
