{# A shipped scenario raises no intensity above what it was, and leaves demand
   between nothing and all of it. Which of two scenarios sets more free is no law: a
   mean, a median and a quartile have no order by construction. #}

with

levers as (

    select * from {{ ref('scenario_levers') }}

),

intensities as (

    select * from {{ ref('int_scenario_intensities') }}

),

demand as (

    select * from {{ ref('int_scenario_demand') }}

),

shipped as (

    select distinct scenario_id
    from levers
    where not is_user_scenario

)

select
    'intensity' as lever,
    intensities.scenario_id,
    intensities.region_id
from intensities
inner join shipped using (scenario_id)
where not (intensities.scenario_intensity < intensities.direct_intensity)

union all

select
    'demand' as lever,
    demand.scenario_id,
    demand.region_id
from demand
inner join shipped using (scenario_id)
where
    not (
        demand.demand_factor between 0 and 1
        and demand.direct_factor between 0 and 1
    )
