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
        is_compiled,
        dataset_id,
        case
            when is_synthetic then 'synthetic data'
            when is_compiled then 'compiled estimate'
        end as caveat,
        case
            when is_synthetic
                then
                    'SYNTHETIC: invented regions, no result describes a real '
                    || 'place.'
            when is_compiled
                then
                    'COMPILED ESTIMATE: trade between regions is estimated '
                    || 'from statistics, and footprints rest on it.'
        end as caveat_note
    from {{ ref('stg_dataset') }}

)

select * from dataset
