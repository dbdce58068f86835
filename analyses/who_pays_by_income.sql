{# Do people with less income bear more of a carbon price? #}

with

scope as (

    {{ analysis_scope() }}

),

summary as (

    select * from {{ ref('carbon_price_summary') }}
    where is_default

),

tenths as (

    select * from {{ ref('carbon_price_by_tenth') }}

)

select
    tenths.tenth,
    tenths.population,
    tenths.burden_spending_share,
    tenths.burden_income_share,
    tenths.net_gain_per_capita,
    tenths.winners_share,
    tenths.sorted_by,
    tenths.regions,
    summary.price,
    summary.household_dividend_per_capita,
    summary.group_kakwani_spending,
    summary.group_kakwani_income,
    summary.group_winners_population_share,
    case
        when tenths.tenth is null
            then
                'no groups: the dataset has no household_groups of '
                || cast(scope.year as varchar) || ' in a ranked region, or '
                || scope.stressor_id || ' has no price'
    end as not_answered
from scope
left join summary using (year, stressor_id)
left join tenths
    on
        summary.year = tenths.year
        and summary.stressor_id = tenths.stressor_id
        and summary.price_id = tenths.price_id
order by tenths.tenth
