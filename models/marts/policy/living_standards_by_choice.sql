{# Quota, uplift and the receivers' income over the grid of choices;
   docs/methods.md, Sensitivity. #}

with

incomes as (

    select * from {{ ref('int_receiver_incomes') }}
    where scenario_id is null

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

projections as (

    select * from {{ ref('int_peak_projections') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

nations as (

    select
        year,
        stressor_id,
        sum(production_emissions) as emissions
    from accounts
    group by 1, 2

),

-- two scenarios of one choice are one cell of the grid; one that the user has
-- replaced makes other choices
scenario_names as (

    select
        scenarios.benchmark_id,
        scenarios.cap_id,
        scenarios.includes_power_supply,
        choices.rule_id,
        min(scenarios.scenario_id) as scenario_id
    from scenarios
    cross join choices
    where not scenarios.is_user_scenario
    group by 1, 2, 3, 4

),

living_standards_by_choice as (

    select
        incomes.year,
        incomes.stressor_id,
        incomes.rule_id,
        incomes.benchmark_id,
        incomes.cap_id,
        incomes.includes_power_supply,
        incomes.allocation_rule,
        coalesce(projections.projection_id, 'none') as projection_id,
        scenario_names.scenario_id,
        {{ safe_divide('incomes.quota', 'nations.emissions') }} as quota_share,
        projections.emissions - nations.emissions as projected_quota,
        case
            when projections.emissions > nations.emissions
                then
                    incomes.quota
                    / (projections.emissions - nations.emissions)
        end as quota_uplift,
        incomes.receivers,
        incomes.receiver_population_share,
        incomes.income_after,
        incomes.income_threshold,
        incomes.reaches_threshold,
        incomes.reaches_threshold_before,
        incomes.premise,
        't' as unit
    from incomes
    inner join nations using (year, stressor_id)
    left join projections using (stressor_id)
    left join scenario_names
        using (rule_id, benchmark_id, cap_id, includes_power_supply)

)

select * from living_standards_by_choice
