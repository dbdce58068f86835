{# Quota, uplift and the receivers' income over the grid of choices;
   docs/methods.md, Sensitivity. #}

{%- set keys =
    'year, stressor_id, rule_id, benchmark_id, cap_id, includes_power_supply'
%}

with

quotas as (

    select * from {{ ref('quota_by_choice') }}

),

incomes as (

    select * from {{ ref('int_receiver_incomes') }}
    where scenario_id is null

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

allocation_rules as (

    select * from {{ ref('allocation_rules') }}

),

projections as (

    select * from {{ ref('int_peak_projections') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

parameters as (

    select receivers_share from {{ ref('int_policy_choices') }}

),

premises as (

    select * from {{ ref('int_premises') }}

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
        benchmark_id,
        cap_id,
        includes_power_supply,
        min(scenario_id) as scenario_id
    from scenarios
    where not is_user_scenario
    group by 1, 2, 3

),

compared as (

    select
        {{ keys }},
        quotas.is_default_rule,
        quotas.quota,
        allocation_rules.allocation_rule,
        coalesce(projections.projection_id, 'none') as projection_id,
        nations.emissions as national_emissions,
        projections.emissions - nations.emissions as projected_quota,
        coalesce(incomes.receivers, 0) as receivers,
        coalesce(incomes.receiver_population_share, 0)
            as receiver_population_share,
        incomes.income_after,
        income_curves.income_threshold,
        incomes.income_before,
        {{ premise(
            'premises.country',
            'premises.is_incomplete',
            'coalesce(incomes.receiver_population_share, 0)',
            'parameters.receivers_share',
            'incomes.is_extrapolated or incomes.is_income_extrapolated',
            is_one_structure='premises.is_one_structure'
        ) }} as premise
    from quotas
    cross join allocation_rules
    cross join parameters
    inner join nations using (year, stressor_id)
    inner join premises using (year, stressor_id)
    inner join income_curves using (year, stressor_id)
    left join projections using (stressor_id)
    left join incomes using ({{ keys }}, allocation_rule)

),

living_standards_by_choice as (

    select
        {{ keys }},
        compared.allocation_rule,
        compared.projection_id,
        case when compared.is_default_rule then scenario_names.scenario_id end
            as scenario_id,
        {{ safe_divide('compared.quota', 'compared.national_emissions') }}
            as quota_share,
        compared.projected_quota,
        case
            when compared.projected_quota > 0
                then compared.quota / compared.projected_quota
        end as quota_uplift,
        compared.receivers,
        compared.receiver_population_share,
        compared.income_after,
        compared.income_threshold,
        compared.income_after >= compared.income_threshold
            as reaches_threshold,
        compared.income_before >= compared.income_threshold
            as reaches_threshold_before,
        compared.premise,
        't' as unit
    from compared
    left join scenario_names using (benchmark_id, cap_id, includes_power_supply)

)

select * from living_standards_by_choice
