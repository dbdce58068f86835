{# Whose accounts fall by whose levers; docs/methods.md, Scenarios. A producer's
   lever lowers its customers' footprints, a consumer's lever its suppliers'
   production. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

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

effects as (

    select
        year,
        stressor_id,
        scenario_id,
        origin_region_id as acting_region_id,
        destination_region_id as affected_region_id,
        producer_effect as footprint_reduction,
        cast(0 as double) as production_reduction
    from flows
    where producer_effect <> 0

    union all

    select
        year,
        stressor_id,
        scenario_id,
        destination_region_id as acting_region_id,
        origin_region_id as affected_region_id,
        cast(0 as double) as footprint_reduction,
        consumer_effect as production_reduction
    from flows
    where consumer_effect <> 0

    union all

    select
        scenario_demand.year,
        scenario_demand.stressor_id,
        scenario_demand.scenario_id,
        scenario_demand.region_id as acting_region_id,
        scenario_demand.region_id as affected_region_id,
        cast(0 as double) as footprint_reduction,
        direct_emissions.emissions * (1 - scenario_demand.direct_factor)
            as production_reduction
    from scenario_demand
    inner join direct_emissions
        using (year, stressor_id, region_id, category_id)

),

summed as (

    select
        year,
        stressor_id,
        scenario_id,
        acting_region_id,
        affected_region_id,
        sum(footprint_reduction) as footprint_reduction,
        sum(production_reduction) as production_reduction
    from effects
    group by 1, 2, 3, 4, 5

),

all_emissions as (

    select
        year,
        stressor_id,
        sum(abs(production_emissions)) as emissions
    from accounts
    group by 1, 2

),

beyond_rounding as (

    select
        summed.year,
        summed.stressor_id,
        summed.scenario_id,
        summed.acting_region_id,
        summed.affected_region_id,
        {{ beyond_rounding(
            'summed.footprint_reduction',
            'all_emissions.emissions'
        ) }} as footprint_reduction,
        {{ beyond_rounding(
            'summed.production_reduction',
            'all_emissions.emissions'
        ) }} as production_reduction
    from summed
    inner join all_emissions using (year, stressor_id)

),

quota_spillovers as (

    select
        beyond_rounding.year,
        beyond_rounding.stressor_id,
        beyond_rounding.scenario_id,
        beyond_rounding.acting_region_id,
        beyond_rounding.affected_region_id,
        beyond_rounding.footprint_reduction,
        beyond_rounding.production_reduction,
        beyond_rounding.acting_region_id = beyond_rounding.affected_region_id
            as is_own,
        't' as unit,
        acting.region_name as acting_region_name,
        affected.region_name as affected_region_name
    from beyond_rounding
    inner join regions as acting
        on beyond_rounding.acting_region_id = acting.region_id
    left join regions as affected
        on beyond_rounding.affected_region_id = affected.region_id
    where
        beyond_rounding.footprint_reduction <> 0
        or beyond_rounding.production_reduction <> 0

)

select * from quota_spillovers
