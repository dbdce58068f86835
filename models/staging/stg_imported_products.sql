with

imported_products as (

    select * from {{ source('ingested', 'imported_products') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_imported_products as (

    select
        imported_products.year,
        imported_products.region_id,
        imported_products.sector_id,
        imported_products.category_id,
        imported_products.product_id,
        imported_products.value * dataset.currency_unit as amount
    from imported_products
    cross join dataset

)

select * from stg_imported_products
