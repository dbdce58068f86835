with

value_added as (

    select * from {{ source('ingested', 'value_added') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_value_added as (

    select
        value_added.year,
        value_added.region_sector_id,
        value_added.component_id,
        value_added.value * dataset.currency_unit as amount
    from value_added
    cross join dataset

)

select * from stg_value_added
