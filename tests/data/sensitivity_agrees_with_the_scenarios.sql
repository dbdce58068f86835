{# Where the grid makes a scenario's choices, its algebra gives the quota that
   the evaluation of the whole scenario gives, and the same incomes. Every
   shipped scenario of a rule in use has its cell, where there is a region to
   rank. #}

with

sensitivity as (

    select * from {{ ref('quota_sensitivity') }}

),

summaries as (

    select * from {{ ref('quota_summary') }}

),

standards as (

    select * from {{ ref('living_standards') }}

),

allocation_rules as (

    select * from {{ ref('allocation_rules') }}

),

ranked as (

    select distinct
        year,
        stressor_id
    from {{ ref('super_emitters') }}

),

shipped as (

    select
        summaries.*,
        allocation_rules.allocation_rule
    from summaries
    inner join ranked
        on
            summaries.year = ranked.year
            and summaries.stressor_id = ranked.stressor_id
    cross join allocation_rules
    where not summaries.is_user_scenario

),

compared as (

    select
        shipped.year,
        shipped.stressor_id,
        shipped.scenario_id,
        shipped.allocation_rule,
        shipped.quota,
        sensitivity.quota as quota_of_the_grid,
        standards.income_after,
        sensitivity.income_after as income_of_the_grid,
        coalesce(standards.receivers, 0) as receivers,
        sensitivity.receivers as receivers_of_the_grid,
        cast(1e-9 as double) * abs(shipped.national_emissions) as tolerated
    from shipped
    left join sensitivity
        on
            shipped.year = sensitivity.year
            and shipped.stressor_id = sensitivity.stressor_id
            and shipped.rule_id = sensitivity.rule_id
            and shipped.benchmark_id = sensitivity.benchmark_id
            and shipped.cap_id = sensitivity.cap_id
            and shipped.includes_power_supply
            = sensitivity.includes_power_supply
            and shipped.allocation_rule = sensitivity.allocation_rule
    left join standards
        on
            shipped.year = standards.year
            and shipped.stressor_id = standards.stressor_id
            and shipped.scenario_id = standards.scenario_id
            and shipped.allocation_rule = standards.allocation_rule

)

select * from compared
where
    not coalesce(abs(quota - quota_of_the_grid) <= tolerated, false)
    or receivers <> receivers_of_the_grid
    or (income_after is null) <> (income_of_the_grid is null)
    -- incomes are far from linear in the quota: a little more room
    or abs(income_after - income_of_the_grid) > 1e-6 * abs(income_after)
