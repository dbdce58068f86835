with

intermediate_sales as (

    select * from {{ source('ingested', 'intermediate_sales') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_intermediate_sales as (

    select
        intermediate_sales.year,
        intermediate_sales.region_sector_id,
        intermediate_sales.value * dataset.currency_unit as amount,
        intermediate_sales.absolute * dataset.currency_unit as absolute_amount
    from intermediate_sales
    cross join dataset

)

select * from stg_intermediate_sales
