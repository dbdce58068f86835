with

source as (

    select * from {{ source('ingested', 'region_years') }}

),

stg_region_years as (

    select
        year,
        region_id,
        population,
        gdp
    from source

)

select * from stg_region_years
