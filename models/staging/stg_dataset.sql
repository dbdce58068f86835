with

source as (

    -- datasets that were ingested before they could name their regions or had a
    -- caveat
    select * from {{ source('ingested', 'dataset') }}
    union all by name
    select
        cast(null as varchar) as region_noun,
        cast(null as varchar) as region_noun_plural,
        cast(null as varchar) as caveat
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
        is_compiled,
        region_noun,
        region_noun_plural,
        caveat
    from source

)

select * from stg_dataset
