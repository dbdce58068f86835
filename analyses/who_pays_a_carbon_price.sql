{# Which regions bear a carbon price, and is it more of what poorer ones
   spend? #}

with

scope as (

    {{ analysis_scope() }}

),

summary as (

    select * from {{ ref('carbon_price_summary') }}

),

burdens as (

    select * from {{ ref('carbon_price_burden') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

),

priced as (

    select
        summary.year,
        summary.stressor_id,
        burdens.region_id,
        burdens.region_name,
        burdens.household_spending / nullif(accounts.population, 0)
            as household_spending_per_capita,
        burdens.burden_per_capita,
        burdens.burden_gdp_share,
        burdens.household_burden_share,
        summary.price,
        summary.price_note,
        summary.incidence
    from summary
    inner join burdens using (year, stressor_id, price_id)
    inner join accounts using (year, stressor_id, region_id)
    inner join regions using (region_id)
    where summary.is_default and regions.is_ranked

)

select
    priced.region_name,
    priced.household_spending_per_capita,
    priced.burden_per_capita,
    priced.household_burden_share,
    priced.burden_gdp_share,
    priced.price,
    priced.incidence,
    priced.price_note,
    case
        when priced.region_id is null
            then
                'no price: ' || scope.stressor_id
                || ' has none, as co2 and impacts have, or no region is ranked'
    end as not_answered
from scope
left join priced using (year, stressor_id)
order by
    priced.household_spending_per_capita asc nulls last,
    priced.region_id asc
