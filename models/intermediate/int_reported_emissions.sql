{# Emissions as reported, summed from the inputs alone: what the accounts must
   close to. #}

with

years as (

    select * from {{ ref('int_years') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

emissions as (

    select * from {{ ref('stg_emissions') }}

),

direct_emissions as (

    select * from {{ ref('stg_direct_emissions') }}

),

value_added as (

    select * from {{ ref('stg_value_added') }}

),

inputs as (

    select
        year,
        stressor_id,
        sum(emissions) as emissions
    from emissions
    group by 1, 2

    union all

    select
        year,
        stressor_id,
        sum(emissions) as emissions
    from direct_emissions
    group by 1, 2

    union all

    select
        year,
        'value_added' as stressor_id,
        sum(amount) as emissions
    from value_added
    group by 1, 2

),

int_reported_emissions as (

    select
        years.year,
        stressors.stressor_id,
        stressors.unit,
        coalesce(sum(inputs.emissions), 0) as emissions_in
    from years
    cross join stressors
    left join inputs using (year, stressor_id)
    group by 1, 2, 3

)

select * from int_reported_emissions
