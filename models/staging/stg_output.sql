with

output as (

    select * from {{ source('ingested', 'output') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_output as (

    select
        output.year,
        output.region_sector_id,
        output.value * dataset.currency_unit as amount
    from output
    cross join dataset

)

select * from stg_output
