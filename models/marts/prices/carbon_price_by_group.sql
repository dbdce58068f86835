{# What groups of people inside a region bear of a price on emissions, and gain
   if what households bear is handed back to everybody alike; docs/methods.md,
   Household groups. #}

{{ config(enabled=is_chosen('analyses')) }}

with

group_footprints as (

    select * from {{ ref('household_group_footprints') }}

),

prices as (

    select * from {{ ref('int_carbon_prices') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}
    where is_priced

),

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

group_amounts as (

    select * from {{ ref('int_group_amounts') }}

),

burdens as (

    select
        own.year,
        own.stressor_id,
        prices.price_id,
        own.region_id,
        own.group_id,
        own.group_name,
        own.population,
        own.income,
        own.spending,
        own.region_name,
        own.unit,
        coalesce(group_amounts.amount, 0) as burden,
        household_groups.is_ranked
    from group_footprints as own
    inner join stressors using (stressor_id)
    inner join household_groups using (year, region_id, group_id)
    inner join prices using (year)
    left join group_amounts
        using (year, stressor_id, price_id, region_id, group_id)

),

-- everybody in a group of a ranked region receives the same
dividends as (

    select
        year,
        stressor_id,
        price_id,
        sum(burden) / sum(population) as dividend_per_capita
    from burdens
    where is_ranked
    group by 1, 2, 3

),

shared_out as (

    select
        burdens.*,
        case
            when burdens.is_ranked
                then dividends.dividend_per_capita * burdens.population
        end as household_dividend
    from burdens
    left join dividends using (year, stressor_id, price_id)

),

carbon_price_by_group as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
        group_id,
        burden,
        case when spending > 0 then burden / spending end
            as burden_spending_share,
        case when income > 0 then burden / (income * population) end
            as burden_income_share,
        household_dividend,
        household_dividend - burden as net_gain,
        group_name,
        region_name,
        unit
    from shared_out

)

select * from carbon_price_by_group
