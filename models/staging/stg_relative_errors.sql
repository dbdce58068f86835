with

source as (

    select * from {{ source('ingested', 'relative_errors') }}

),

stg_relative_errors as (

    select
        component,
        stressor_id,
        region_id,
        sector_id,
        relative_standard_error
    from source

)

select * from stg_relative_errors
