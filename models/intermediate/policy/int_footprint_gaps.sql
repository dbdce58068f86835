{# How much less the footprints of a country's table hold than is published for
   what the country consumes; docs/methods.md, Living standards. #}

with

comparisons as (

    select * from {{ ref('published_comparisons') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

scopes as (

    select * from {{ ref('scopes') }}

),

-- what is invented is no country, whatever it is called; nor is a part of one,
-- which emits less than three quarters of what is published
countries as (

    select
        comparisons.year,
        comparisons.stressor_id
    from comparisons
    cross join dataset
    where
        comparisons.account_id = 'production'
        and comparisons.computed_emissions
        >= 0.75 * comparisons.published_emissions
        and dataset.country <> 'WLD'
        and not dataset.is_synthetic

),

int_footprint_gaps as (

    select
        comparisons.year,
        comparisons.stressor_id,
        comparisons.computed_emissions as footprints,
        comparisons.published_emissions as published,
        scopes.is_lower_bound
        and comparisons.computed_emissions
        < 0.75 * comparisons.published_emissions as is_incomplete
    from comparisons
    inner join countries using (year, stressor_id)
    inner join scopes using (year, stressor_id)
    where comparisons.account_id = 'consumption'

)

select * from int_footprint_gaps
