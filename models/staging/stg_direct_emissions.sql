with

direct_emissions as (

    select * from {{ source('ingested', 'direct_emissions') }}

),

stressors as (

    select * from {{ source('ingested', 'stressors') }}

),

impact_factors as (

    select * from {{ ref('stg_impact_factors') }}

),

in_units_of_the_marts as (

    select
        direct_emissions.year,
        direct_emissions.stressor_id,
        direct_emissions.region_id,
        direct_emissions.category_id,
        direct_emissions.value
        * {{ unit_factor('stressors.unit') }} as emissions
    from direct_emissions
    inner join stressors using (stressor_id)

),

stg_direct_emissions as (

    select * from in_units_of_the_marts

    union all

    select
        emitted.year,
        impact_factors.impact_id as stressor_id,
        emitted.region_id,
        emitted.category_id,
        sum(impact_factors.factor * emitted.emissions) as emissions
    from in_units_of_the_marts as emitted
    inner join impact_factors using (stressor_id)
    group by 1, 2, 3, 4

)

select * from stg_direct_emissions
