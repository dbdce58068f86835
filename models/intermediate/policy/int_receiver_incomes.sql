{# What the receivers of a quota earn together, before and after, and whether
   such figures rest on what they suppose; docs/methods.md, Living standards. #}

with

allocations as (

    select * from {{ ref('int_allocations') }}

),

totals as (

    select * from {{ ref('int_quota_totals') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

premises as (

    select * from {{ ref('int_premises') }}

),

-- one unknown income leaves a mean and a share unknown
receivers as (

    select
        allocations.year,
        allocations.stressor_id,
        allocations.scenario_id,
        allocations.rule_id,
        allocations.benchmark_id,
        allocations.cap_id,
        allocations.includes_power_supply,
        allocations.allocation_rule,
        allocations.quota,
        income_curves.income_threshold,
        coalesce(totals.is_user_scenario, false) as is_user_scenario,
        cast(count(allocations.region_id) as integer) as receivers,
        coalesce(sum(allocations.population_share), 0)
            as receiver_population_share,
        {% for income in ['income_before', 'income_after'] %}
            case
                when count(allocations.{{ income }}) = count(*)
                    then
                        {{ safe_divide(
                            'sum(allocations.' ~ income
                            ~ ' * allocations.population)',
                            'sum(allocations.population)'
                        ) }}
            end as {{ income }},
            case
                when
                    count(allocations.{{ income }}) = count(*)
                    and income_curves.income_threshold is not null
                    then
                        {{ safe_divide(
                            'sum(case when allocations.' ~ income
                            ~ ' >= income_curves.income_threshold'
                            ~ ' then allocations.population else 0 end)',
                            'sum(allocations.population)'
                        ) }}
            end as {{ income | replace('income', 'share_at_threshold') }},
        {% endfor %}
        max(
            {{ safe_divide(
                'allocations.income_after', 'allocations.income_before'
            ) }}
        ) as largest_income_factor,
        {% for amount, largest, flag in [
            (
                'footprint_per_capita_after',
                'largest_footprint_per_capita',
                'is_extrapolated',
            ),
            (
                'income_after', 'largest_gdp_per_capita',
                'is_income_extrapolated',
            ),
        ] %}
            bool_or(
                coalesce(
                    allocations.{{ amount }} > income_curves.{{ largest }},
                    false
                )
            ) filter (where income_curves.{{ largest }} is not null)
                as {{ flag }},
        {% endfor %}
        cast(
            count(*) filter (
                where
                {{ exceeds(
                    'allocations.footprint_per_capita_after',
                    'totals.lowest_giver_per_capita_after'
                ) }}
                and {{ exceeds(
                    'allocations.footprint_per_capita_after',
                    'allocations.footprint_per_capita'
                ) }}
            ) as integer
        ) as receivers_above_givers
    from allocations
    left join totals using (year, stressor_id, scenario_id)
    left join income_curves using (year, stressor_id)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

),

int_receiver_incomes as (

    select
        receivers.*,
        receivers.income_before >= receivers.income_threshold
            as reaches_threshold_before,
        receivers.income_after >= receivers.income_threshold
            as reaches_threshold,
        -- the first that fails, what misleads most first
        case
            when premises.country = 'WLD' then 'across_countries'
            when premises.is_incomplete then 'footprints_incomplete'
            when premises.is_one_structure then 'one_structure'
            -- within rounding of the share that is asked for, it is reached
            when
                receivers.receiver_population_share
                < choices.receivers_share * (1 - cast(1e-12 as double))
                then 'receivers_short'
            -- without a curve no income is within it
            when
                coalesce(
                    receivers.is_extrapolated
                    or receivers.is_income_extrapolated,
                    true
                )
                then 'income_extrapolated'
            when receivers.is_user_scenario then 'user_scenario'
            else 'holds'
        end as premise
    from receivers
    cross join choices
    inner join premises using (year, stressor_id)

)

select * from int_receiver_incomes
