{# What figures about receivers suppose of a table, and how much less its
   footprints contain than is published for what the country consumes;
   docs/methods.md, Living standards. And what benchmarks of producers suppose;
   Pathways. #}

with

account_extents as (

    select * from {{ ref('account_extents') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

comparisons as (

    select * from {{ ref('published_comparisons') }}

),

region_types as (

    select * from {{ ref('int_region_types') }}

),

intensity_ratios as (

    select * from {{ ref('int_intensity_ratios') }}

),

-- what is invented is no country, whatever it is called; nor is a part of one,
-- which emits less than three quarters of what is published
countries as (

    select
        consumption.year,
        consumption.stressor_id,
        consumption.computed_emissions as footprints,
        consumption.published_emissions as published
    from comparisons as consumption
    inner join comparisons as production using (year, stressor_id)
    cross join dataset
    where
        consumption.account_id = 'consumption'
        and production.account_id = 'production'
        and production.computed_emissions
        >= 0.75 * production.published_emissions
        and dataset.country <> 'WLD'
        and not dataset.is_synthetic

),

-- one region alone is not set apart from others, and has no receivers
structures as (

    select
        year,
        count(location_quotient) > 1 and count(industry_type) = 0
            as is_one_structure
    from region_types
    group by 1

),

int_premises as (

    select
        account_extents.year,
        account_extents.stressor_id,
        dataset.country,
        coalesce(
            account_extents.is_lower_bound
            and countries.footprints < 0.75 * countries.published,
            false
        ) as is_incomplete,
        countries.footprints,
        countries.published,
        coalesce(structures.is_one_structure, false) as is_one_structure,
        -- where there is nothing to compare, nothing fails
        coalesce(intensity_ratios.producer_premise, 'holds')
            as producer_premise,
        intensity_ratios.distinct_ratios,
        intensity_ratios.compared_sectors
    from account_extents
    cross join dataset
    left join countries using (year, stressor_id)
    left join structures using (year)
    left join intensity_ratios using (year, stressor_id)

)

select * from int_premises
