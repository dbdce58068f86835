with

emissions as (

    select * from {{ source('ingested', 'emissions') }}

),

stressors as (

    select * from {{ source('ingested', 'stressors') }}

),

impact_factors as (

    select * from {{ ref('stg_impact_factors') }}

),

in_units_of_the_marts as (

    select
        emissions.year,
        emissions.stressor_id,
        emissions.region_sector_id,
        emissions.value
        * {{ unit_factor('stressors.unit') }} as emissions
    from emissions
    inner join stressors using (stressor_id)

),

stg_emissions as (

    select * from in_units_of_the_marts

    union all

    select
        emitted.year,
        impact_factors.impact_id as stressor_id,
        emitted.region_sector_id,
        sum(impact_factors.factor * emitted.emissions) as emissions
    from in_units_of_the_marts as emitted
    inner join impact_factors using (stressor_id)
    group by 1, 2, 3

)

select * from stg_emissions
