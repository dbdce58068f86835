with

import_intensities as (

    select * from {{ source('ingested', 'import_intensities') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_import_intensities as (

    select
        import_intensities.year,
        import_intensities.stressor_id,
        import_intensities.sector_id,
        import_intensities.value / dataset.currency_unit as intensity
    from import_intensities
    cross join dataset

)

select * from stg_import_intensities
