{# What each scenario sets free, and every choice behind the number;
   docs/methods.md, Quota. #}

with

quotas as (

    select * from {{ ref('quota_by_region') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

scenario_demand as (

    select * from {{ ref('scenario_demand') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

projections as (

    select * from {{ ref('peak_projections') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

receivers as (

    select * from {{ ref('quota_receivers') }}

),

totals as (

    select
        year,
        stressor_id,
        scenario_id,
        sum(quota) as quota,
        sum(production_before) as national_emissions,
        sum(case when is_selected then 1 else 0 end) as super_emitters
    from quotas
    group by 1, 2, 3

),

demand as (

    select
        year,
        stressor_id,
        scenario_id,
        min(least(demand_factor, direct_factor)) as smallest_demand_factor
    from scenario_demand
    group by 1, 2, 3

),

chosen_projections as (

    select
        projections.projection_id,
        projections.stressor_id,
        projections.peak_year,
        projections.emissions
    from projections
    inner join dataset
        on projections.country = dataset.country
    where {{ is_in_use(
        'projections.projection_id',
        'projections.is_default',
        'peak_projection'
    ) }}

),

found_shares as (

    select
        year,
        stressor_id,
        sum(population_share) as receiver_population_share
    from receivers
    where is_default_rule
    group by 1, 2

),

gathered as (

    select
        totals.year,
        totals.stressor_id,
        totals.scenario_id,
        totals.quota,
        totals.national_emissions,
        {{ safe_divide('totals.quota', 'totals.national_emissions') }}
            as quota_share,
        projections.emissions - totals.national_emissions as projected_quota,
        coalesce(demand.smallest_demand_factor, 1) as smallest_demand_factor,
        scenarios.scenario_name,
        choices.rule_id,
        totals.super_emitters,
        scenarios.benchmark_id,
        scenarios.cap_id,
        projections.projection_id,
        projections.emissions as peak_emissions,
        projections.peak_year,
        choices.receivers_share,
        coalesce(found_shares.receiver_population_share, 0)
            as receiver_population_share,
        income_bands.income_year,
        income_bands.currency_per_usd,
        dataset.country,
        scenarios.includes_power_supply,
        scenarios.is_user_scenario
    from totals
    inner join scenarios
        on totals.scenario_id = scenarios.scenario_id
    inner join income_bands
        on totals.year = income_bands.year
    cross join dataset
    cross join choices
    left join demand
        on
            totals.year = demand.year
            and totals.stressor_id = demand.stressor_id
            and totals.scenario_id = demand.scenario_id
    left join found_shares
        on
            totals.year = found_shares.year
            and totals.stressor_id = found_shares.stressor_id
    left join chosen_projections as projections
        on totals.stressor_id = projections.stressor_id

),

quota_summary as (

    select
        year,
        stressor_id,
        scenario_id,
        quota,
        national_emissions,
        quota_share,
        projected_quota,
        case
            when projected_quota > 0 then quota / projected_quota
        end as quota_uplift,
        cast(smallest_demand_factor as double) as smallest_demand_factor,
        scenario_name,
        rule_id,
        cast(super_emitters as integer) as super_emitters,
        benchmark_id,
        cap_id,
        projection_id,
        peak_emissions,
        cast(peak_year as integer) as peak_year,
        case
            when projection_id is null
                then
                    'no peak projection of ' || stressor_id || ' for '
                    || country || ' in the seed peak_projections'
            when projected_quota <= 0
                then
                    'emissions are at or above the projected peak: there is '
                    || 'no projected quota to compare with'
        end as quota_uplift_note,
        receivers_share,
        receiver_population_share,
        income_year,
        currency_per_usd,
        includes_power_supply,
        is_user_scenario
    from gathered

)

select * from quota_summary
