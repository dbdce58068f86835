with

direct_emissions as (

    select * from {{ source('ingested', 'direct_emissions') }}

),

stressors as (

    select * from {{ source('ingested', 'stressors') }}

),

stg_direct_emissions as (

    select
        direct_emissions.year,
        direct_emissions.stressor_id,
        direct_emissions.region_id,
        direct_emissions.category_id,
        direct_emissions.value
        * {{ unit_factor('stressors.unit') }} as emissions
    from direct_emissions
    inner join stressors using (stressor_id)

)

select * from stg_direct_emissions
