with

exports as (

    select * from {{ source('ingested', 'exports') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_exports as (

    select
        exports.year,
        exports.region_sector_id,
        exports.value * dataset.currency_unit as amount
    from exports
    cross join dataset

)

select * from stg_exports
