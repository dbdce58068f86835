with

dataset as (

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
    from {{ ref('stg_dataset') }}

)

select * from dataset
