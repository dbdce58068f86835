with

source as (

    select * from {{ source('ingested', 'dataset') }}

),

-- datasets that an earlier version has stored do not have the last column
completed as (

    select * from source

    union all by name

    select cast(null as boolean) as is_compiled
    where false

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
        coalesce(is_compiled, false) as is_compiled
    from completed

)

select * from stg_dataset
