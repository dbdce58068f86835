{# Who would gain if the burden of a carbon price were handed back in equal
   parts? #}

with

scope as (

    {{ analysis_scope() }}

),

summary as (

    select * from {{ ref('carbon_price_summary') }}
    where is_default

),

of_groups as (

    select * from {{ ref('carbon_price_by_group') }}

),

group_footprints as (

    select * from {{ ref('household_group_footprints') }}

),

of_regions as (

    select * from {{ ref('carbon_price_burden') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

shared_out as (

    select
        summary.year,
        summary.stressor_id,
        of_groups.region_id,
        of_groups.region_name,
        of_groups.group_id,
        of_groups.group_name,
        group_footprints.population,
        of_groups.burden,
        of_groups.burden_spending_share,
        of_groups.burden_income_share,
        of_groups.net_gain,
        summary.household_dividend_per_capita as dividend_per_capita,
        summary.group_winners_population_share as winners_population_share
    from summary
    inner join of_groups using (year, stressor_id, price_id)
    inner join group_footprints
        using (year, stressor_id, region_id, group_id)

    union all

    select
        summary.year,
        summary.stressor_id,
        of_regions.region_id,
        of_regions.region_name,
        cast(null as varchar) as group_id,
        cast(null as varchar) as group_name,
        accounts.population,
        of_regions.burden,
        of_regions.burden_spending_share,
        cast(null as double) as burden_income_share,
        of_regions.net_gain,
        summary.dividend_per_capita,
        summary.winners_population_share
    from summary
    inner join of_regions using (year, stressor_id, price_id)
    inner join accounts using (year, stressor_id, region_id)
    where summary.household_dividend_per_capita is null

)

select
    shared_out.region_name,
    shared_out.group_name,
    shared_out.population,
    {{ safe_divide('shared_out.burden', 'shared_out.population') }}
        as burden_per_capita,
    shared_out.burden_spending_share,
    shared_out.burden_income_share,
    shared_out.dividend_per_capita,
    {{ safe_divide('shared_out.net_gain', 'shared_out.population') }}
        as net_gain_per_capita,
    shared_out.net_gain,
    shared_out.winners_population_share,
    case
        when shared_out.region_id is null
            then
                'no price: ' || scope.stressor_id
                || ' has none, as co2 and impacts have, or no region is ranked'
    end as not_answered
from scope
left join shared_out
    on
        scope.year = shared_out.year
        and scope.stressor_id = shared_out.stressor_id
        and shared_out.net_gain is not null
order by
    net_gain_per_capita desc nulls last,
    shared_out.region_id asc,
    shared_out.group_id asc
