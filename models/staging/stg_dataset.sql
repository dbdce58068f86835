with

source as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_dataset as (

    select
        name,
        title,
        currency,
        currency_unit,
        price_basis,
        country,
        licence,
        source,
        is_synthetic,
        ingested_at,
        carbonshed_version,
        dataset_id,
        is_compiled
    from source

)

select * from stg_dataset
