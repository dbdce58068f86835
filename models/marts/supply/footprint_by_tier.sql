{# A footprint by the distance from the purchase at which it is emitted;
   docs/methods.md, Supply chains. #}

{{ config(enabled=is_chosen('analyses')) }}

with

region_years as (

    select * from {{ ref('int_region_years') }}

),

producers as (

    select * from {{ ref('int_sector_output') }}

),

purchases as (

    select * from {{ all_bought_products() }}

),

tier_intensities as (

    select * from {{ ref('tier_intensities') }}

),

tiers as (

    select distinct
        year,
        stressor_id,
        tier
    from tier_intensities

),

-- positions in place of names: what is joined eleven times
products as (

    select
        purchases.year,
        purchases.stressor_id,
        purchases.region_id,
        producers.region_sector_id,
        purchases.expenditure
    from purchases
    inner join producers
        on
            purchases.year = producers.year
            and purchases.product_region_id = producers.region_id
            and purchases.product_sector_id = producers.sector_id

),

sums as (

    select
        products.year,
        products.stressor_id,
        products.region_id,
        tier_intensities.tier,
        sum(tier_intensities.intensity * products.expenditure) as emissions
    from products
    inner join tier_intensities
        using (year, stressor_id, region_sector_id)
    group by 1, 2, 3, 4

),

footprint_by_tier as (

    select
        tiers.year,
        tiers.stressor_id,
        region_years.region_id,
        tiers.tier,
        -- a region without final demand has zeros
        coalesce(sums.emissions, 0) as emissions,
        region_years.region_name,
        't' as unit
    from tiers
    inner join region_years using (year)
    left join sums using (year, stressor_id, region_id, tier)

)

select * from footprint_by_tier
