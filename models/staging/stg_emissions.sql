with

emissions as (

    select * from {{ source('ingested', 'emissions') }}

),

stressors as (

    select * from {{ source('ingested', 'stressors') }}

),

stg_emissions as (

    select
        emissions.year,
        emissions.stressor_id,
        emissions.region_sector_id,
        emissions.value
        * {{ unit_factor('stressors.unit') }} as emissions
    from emissions
    inner join stressors using (stressor_id)

)

select * from stg_emissions
