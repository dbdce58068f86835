with

prepared as (

    select * from {{ ref('int_dataset') }}

),

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
        dataset_id
    from prepared

)

select * from dataset
