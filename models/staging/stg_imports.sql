with

imports as (

    select * from {{ source('ingested', 'imports') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_imports as (

    select
        imports.year,
        imports.region_id,
        imports.sector_id,
        imports.category_id,
        imports.value * dataset.currency_unit as amount
    from imports
    cross join dataset

)

select * from stg_imports
