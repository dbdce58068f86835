{# The burden of a price on emissions if all costs are passed on, and the gain
   if the revenue is shared out; docs/methods.md, Price on emissions. Every region
   has a row, also where nothing is paid. #}

{{ config(enabled=is_chosen('analyses')) }}

with

prices as (

    select * from {{ ref('int_carbon_prices') }}

),

coverages as (

    select * from {{ ref('int_price_coverages') }}

),

stressors as (

    select
        stressor_id,
        unit
    from {{ ref('int_stressors') }}
    where is_priced

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

covered_emissions as (

    select * from {{ ref('int_covered_emissions') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

spending as (

    select * from {{ ref('int_spending') }}

),

of_producers as (

    select
        intensities.year,
        intensities.stressor_id,
        coverages.coverage_id,
        intensities.region_id,
        sum(coverages.covered_share * intensities.emissions) as emissions,
        sum(coverages.paying_share * intensities.emissions)
            as paying_emissions
    from intensities
    inner join stressors using (stressor_id)
    inner join coverages using (region_sector_id)
    group by 1, 2, 3, 4

),

of_final_users as (

    select
        direct.year,
        direct.stressor_id,
        coverages.coverage_id,
        direct.region_id,
        sum(coverages.covered_share * direct.emissions) as emissions,
        sum(coverages.paying_share * direct.emissions) as paying_emissions
    from direct_emissions as direct
    inner join stressors using (stressor_id)
    inner join coverages using (region_id)
    where coverages.region_sector_id is null
    group by 1, 2, 3, 4

),

-- exports and what is unattributed have no category
embodied as (

    select
        covered_emissions.year,
        covered_emissions.stressor_id,
        covered_emissions.coverage_id,
        covered_emissions.region_id,
        sum(covered_emissions.emissions) as emissions,
        sum(
            case
                when categories.category_group = 'household'
                    then covered_emissions.emissions
                else 0
            end
        ) as household_emissions
    from covered_emissions
    inner join categories using (category_id)
    group by 1, 2, 3, 4

),

payments as (

    select
        region_years.year,
        stressors.stressor_id,
        stressors.unit,
        prices.price_id,
        region_years.region_id,
        region_years.region_name,
        region_years.is_ranked,
        region_years.population,
        region_years.gdp,
        prices.price,
        prices.price_note,
        -- a price of 0 is paid on nothing
        case
            when prices.price > 0
                then
                    coalesce(of_producers.paying_emissions, 0)
                    + coalesce(of_final_users.paying_emissions, 0)
            else 0
        end as covered_emissions,
        prices.price * coalesce(of_producers.emissions, 0)
            as paid_by_producers,
        prices.price * coalesce(of_final_users.emissions, 0) as direct_burden,
        prices.price * (
            coalesce(embodied.emissions, 0)
            + coalesce(of_final_users.emissions, 0)
        ) as burden,
        prices.price * (
            coalesce(embodied.household_emissions, 0)
            + coalesce(of_final_users.emissions, 0)
        ) as household_burden,
        coalesce(spending.spending, 0) as spending,
        coalesce(spending.household_spending, 0) as household_spending
    from region_years
    inner join prices using (year)
    cross join stressors
    left join of_producers using (year, stressor_id, coverage_id, region_id)
    left join of_final_users using (year, stressor_id, coverage_id, region_id)
    left join embodied using (year, stressor_id, coverage_id, region_id)
    left join spending using (year, region_id)

),

-- everybody in ranked regions receives the same
dividends as (

    select
        year,
        stressor_id,
        price_id,
        {{ safe_divide('sum(burden)', 'sum(population)') }}
            as dividend_per_capita
    from payments
    where is_ranked
    group by 1, 2, 3

),

shared_out as (

    select
        payments.*,
        case
            when payments.is_ranked
                then
                    dividends.dividend_per_capita
                    * coalesce(payments.population, 0)
        end as dividend
    from payments
    left join dividends using (year, stressor_id, price_id)

),

carbon_price_burden as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
        price,
        burden,
        household_burden,
        direct_burden,
        paid_by_producers,
        {{ safe_divide('burden', 'population') }} as burden_per_capita,
        case
            when spending > 0 then burden / spending
        end as burden_spending_share,
        case when gdp > 0 then burden / gdp end as burden_gdp_share,
        case
            when household_spending > 0
                then household_burden / household_spending
        end as household_burden_share,
        dividend,
        dividend - burden as net_gain,
        covered_emissions,
        spending,
        household_spending,
        price_note,
        region_name,
        unit
    from shared_out

)

select * from carbon_price_burden
