{# By how much prices of products rise with a price on emissions, if all costs
   are passed on; docs/methods.md, Price on emissions. What is the same share of
   all emissions rises with the total intensity. #}

{{ config(enabled=is_chosen('analyses')) }}

with

prices as (

    select * from {{ ref('int_carbon_prices') }}

),

coverages as (

    select * from {{ ref('int_price_coverages') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

covered_intensities as (

    select * from {{ ref('covered_intensities') }}

),

regions as (

    select * from {{ ref('regions') }}

),

carbon_price_products as (

    select
        intensities.year,
        intensities.stressor_id,
        prices.price_id,
        intensities.region_id,
        intensities.sector_id,
        prices.price
        * coverages.covered_share
        * intensities.direct_intensity as direct_increase,
        prices.price * coalesce(
            covered_intensities.intensity,
            coverages.covered_share * total_intensities.total_intensity
        ) as price_increase,
        prices.price_note,
        regions.region_name,
        intensities.unit
    from intensities
    inner join stressors using (stressor_id)
    inner join prices using (year)
    inner join coverages using (coverage_id, region_sector_id)
    inner join total_intensities using (year, stressor_id, region_sector_id)
    inner join regions on intensities.region_id = regions.region_id
    left join covered_intensities
        using (year, stressor_id, coverage_id, region_sector_id)
    where stressors.is_priced

)

select * from carbon_price_products
