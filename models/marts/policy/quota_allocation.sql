{# Who gets how much of a scenario's quota; docs/methods.md, Living
   standards. #}

with

quotas as (

    select * from {{ ref('int_quota_totals') }}

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

-- the common level of water filling is the lowest that any number of receivers,
-- the smallest footprints first, would reach by themselves: leaving one out
-- that lies below it, or taking one in that lies above, both raise it
totals as (

    select
        quotas.year,
        quotas.stressor_id,
        quotas.scenario_id,
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
    inner join receivers
        on
            quotas.year = receivers.year
            and quotas.stressor_id = receivers.stressor_id
            and receivers.is_default_rule
    group by 1, 2, 3, 4

),

allocated as (

    select
        totals.year,
        totals.stressor_id,
        totals.scenario_id,
        allocation_rules.allocation_rule,
        receivers.region_id,
        receivers.region_name,
        receivers.population,
        receivers.footprint_per_capita,
        receivers.gdp_per_capita,
        {{ allocated_quota(
            'allocation_rules.allocation_rule',
            'totals.quota',
            'receivers.population',
            'totals.total_population',
            'receivers.footprint_gap',
            'totals.total_gap',
            'receivers.footprint_per_capita',
            'totals.water_level'
        ) }} as allocated_quota
    from totals
    cross join allocation_rules
    inner join receivers
        on
            totals.year = receivers.year
            and totals.stressor_id = receivers.stressor_id
            and receivers.is_default_rule

),

per_person as (

    select
        *,
        {{ safe_divide('allocated_quota', 'population') }}
            as allocated_per_capita
    from allocated

),

quota_allocation as (

    select
        per_person.year,
        per_person.stressor_id,
        per_person.scenario_id,
        per_person.allocation_rule,
        per_person.region_id,
        per_person.allocated_quota,
        per_person.allocated_per_capita,
        per_person.footprint_per_capita
        + per_person.allocated_per_capita as footprint_per_capita_after,
        per_person.region_name,
        per_person.population,
        per_person.gdp_per_capita as income_before,
        {{ income_on_the_curve(
            'per_person.gdp_per_capita',
            'per_person.footprint_per_capita',
            '(per_person.footprint_per_capita'
            ~ ' + per_person.allocated_per_capita)',
            'income_curves.income_elasticity'
        ) }} as income_after,
        't' as unit
    from per_person
    inner join income_curves using (year, stressor_id)

)

select * from quota_allocation
