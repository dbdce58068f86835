{# What every region emits and is responsible for before and after, and what its
   levers avoid; docs/methods.md, Scenarios. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

flows as (

    select * from {{ ref('int_scenario_flows') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

selected as (

    select
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_default_rule and is_selected

),

by_origin as (

    select
        year,
        stressor_id,
        scenario_id,
        origin_region_id as region_id,
        sum(emissions_after) as emissions_after,
        sum(producer_effect) as producer_effect
    from flows
    group by 1, 2, 3, 4

),

by_destination as (

    select
        year,
        stressor_id,
        scenario_id,
        destination_region_id as region_id,
        sum(emissions_after) as emissions_after,
        sum(consumer_effect) as consumer_effect
    from flows
    group by 1, 2, 3, 4

),

direct as (

    select
        direct_emissions.year,
        direct_emissions.stressor_id,
        scenarios.scenario_id,
        direct_emissions.region_id,
        sum(
            direct_emissions.emissions
            * coalesce(scenario_demand.direct_factor, 1)
        ) as emissions_after,
        sum(
            direct_emissions.emissions
            * (1 - coalesce(scenario_demand.direct_factor, 1))
        ) as consumer_effect
    from direct_emissions
    inner join scenarios using (year)
    left join scenario_demand
        using (year, stressor_id, scenario_id, region_id, category_id)
    group by 1, 2, 3, 4

),

quotas as (

    select
        accounts.year,
        accounts.stressor_id,
        scenarios.scenario_id,
        accounts.region_id,
        accounts.region_name,
        accounts.production_emissions as production_before,
        coalesce(by_origin.emissions_after, 0)
        + coalesce(direct.emissions_after, 0)
        + accounts.unattributed_emissions as production_after,
        accounts.consumption_footprint as footprint_before,
        coalesce(by_destination.emissions_after, 0)
        + coalesce(direct.emissions_after, 0) as footprint_after,
        coalesce(by_origin.producer_effect, 0) as producer_quota,
        coalesce(by_destination.consumer_effect, 0)
        + coalesce(direct.consumer_effect, 0) as consumer_quota,
        selected.region_id is not null as is_selected,
        sum(abs(accounts.production_emissions)) over (
            partition by
                accounts.year, accounts.stressor_id, scenarios.scenario_id
        ) as all_emissions
    from accounts
    inner join stressors using (stressor_id)
    inner join scenarios using (year)
    left join by_origin using (year, stressor_id, scenario_id, region_id)
    left join by_destination using (year, stressor_id, scenario_id, region_id)
    left join direct using (year, stressor_id, scenario_id, region_id)
    left join selected using (year, stressor_id, region_id)
    where stressors.is_mass

),

-- what a lever does not reach is not changed, not even by rounding
beyond_rounding as (

    select
        * exclude (
            all_emissions,
            production_after,
            footprint_after,
            producer_quota,
            consumer_quota
        ),
        {{ beyond_rounding(
            'production_after', 'all_emissions', 'production_before'
        ) }} as production_after,
        {{ beyond_rounding(
            'footprint_after', 'all_emissions', 'footprint_before'
        ) }} as footprint_after,
        {{ beyond_rounding('producer_quota', 'all_emissions') }}
            as producer_quota,
        {{ beyond_rounding('consumer_quota', 'all_emissions') }}
            as consumer_quota
    from quotas

),

quota_by_region as (

    select
        *,
        producer_quota + consumer_quota as quota,
        't' as unit
    from beyond_rounding

)

select * from quota_by_region
