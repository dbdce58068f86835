{# Capital that each region uses up, and emissions of the investments that
   replace it: 0 where the region has no investments. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

consumption as (

    select * from {{ ref('int_capital_consumption') }}

),

capital_intensities as (

    select * from {{ ref('capital_intensities') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

sums as (

    select
        year,
        region_id,
        sum(amount) as amount
    from consumption
    group by 1, 2

),

years as (

    select distinct year
    from sums

),

int_capital_of_regions as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        coalesce(sums.amount, 0) as consumption,
        coalesce(intensities.intensity * sums.amount, 0)
            as replacement_emissions
    from accounts
    inner join stressors using (stressor_id)
    inner join years using (year)
    left join sums using (year, region_id)
    left join capital_intensities as intensities
        using (year, stressor_id, region_id)
    where stressors.is_mass

)

select * from int_capital_of_regions
