{# What the receivers would earn under every combination of rule, benchmark,
   cap, power supply and allocation; docs/methods.md, Sensitivity. #}

{%- set keys =
    'year, stressor_id, rule_id, benchmark_id, cap_id, includes_power_supply'
%}

with

quotas as (

    select * from {{ ref('quota_by_choice') }}

),

receivers as (

    select * from {{ ref('int_quota_receivers') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

allocation_rules as (

    select * from {{ ref('allocation_rules') }}

),

totals as (

    select
        {{ keys }},
        quotas.quota,
        sum(receivers.population) as total_population,
        sum(receivers.footprint_gap) as total_gap,
        min(
            {{ safe_divide(
                '(quotas.quota + receivers.covered_footprint)',
                'receivers.covered_population'
            ) }}
        ) as water_level
    from quotas
    inner join receivers using (year, stressor_id, rule_id)
    group by 1, 2, 3, 4, 5, 6, 7

),

allocated as (

    select
        {{ keys }},
        allocation_rules.allocation_rule,
        receivers.population,
        receivers.population_share,
        receivers.footprint_per_capita,
        receivers.gdp_per_capita,
        {{ safe_divide(
            allocated_quota(
                'allocation_rules.allocation_rule',
                'totals.quota',
                'receivers.population',
                'totals.total_population',
                'receivers.footprint_gap',
                'totals.total_gap',
                'receivers.footprint_per_capita',
                'totals.water_level'
            ),
            'receivers.population'
        ) }} as allocated_per_capita
    from totals
    cross join allocation_rules
    inner join receivers using (year, stressor_id, rule_id)

),

incomes_after as (

    select
        {{ keys }},
        allocated.allocation_rule,
        allocated.population,
        allocated.population_share,
        allocated.gdp_per_capita as income_before,
        allocated.footprint_per_capita
        + allocated.allocated_per_capita as footprint_per_capita_after,
        income_curves.largest_footprint_per_capita,
        income_curves.largest_gdp_per_capita,
        {{ income_on_the_curve(
            'allocated.gdp_per_capita',
            'allocated.footprint_per_capita',
            '(allocated.footprint_per_capita'
            ~ ' + allocated.allocated_per_capita)',
            'income_curves.income_elasticity'
        ) }} as income_after
    from allocated
    inner join income_curves using (year, stressor_id)

),

int_sensitivity_incomes as (

    select
        {{ keys }},
        allocation_rule,
        cast(count(*) as integer) as receivers,
        sum(population_share) as receiver_population_share,
        case
            when count(income_after) = count(*)
                then
                    {{ safe_divide(
                        'sum(income_after * population)', 'sum(population)'
                    ) }}
        end as income_after,
        case
            when count(income_before) = count(*)
                then
                    {{ safe_divide(
                        'sum(income_before * population)', 'sum(population)'
                    ) }}
        end as income_before,
        max(
            case
                when
                    footprint_per_capita_after > largest_footprint_per_capita
                    or income_after > largest_gdp_per_capita
                    then 1
                when largest_gdp_per_capita is not null then 0
            end
        ) = 1 as is_extrapolated
    from incomes_after
    group by 1, 2, 3, 4, 5, 6, 7

)

select * from int_sensitivity_incomes
