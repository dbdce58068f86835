{# Where the grid makes a scenario's choices, its algebra gives the quota that
   the evaluation of the whole scenario gives, and the same incomes. Every
   shipped scenario of a rule in use has its cell, where there is a region to
   rank. #}

with

sensitivity as (

    select
        incomes.*,
        quotas.quota
    from {{ ref('living_standards_by_choice') }} as incomes
    inner join {{ ref('quota_by_choice') }} as quotas
        using (
            year,
            stressor_id,
            rule_id,
            benchmark_id,
            cap_id,
            includes_power_supply
        )

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
    inner join ranked using (year, stressor_id)
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
    left join standards using (year, stressor_id, scenario_id, allocation_rule)
    left join sensitivity
        using (
            year,
            stressor_id,
            rule_id,
            benchmark_id,
            cap_id,
            includes_power_supply,
            allocation_rule
        )

)

select * from compared
where
    not coalesce(abs(quota - quota_of_the_grid) <= tolerated, false)
    or receivers <> receivers_of_the_grid
    or (income_after is null) <> (income_of_the_grid is null)
    -- incomes are far from linear in the quota: a little more room
    or abs(income_after - income_of_the_grid) > 1e-6 * abs(income_after)
