{# Which sectors would cut emissions, and how much of the cut is power
   supply? #}

with

scope as (

    {{ analysis_scope() }}

),

reductions as (

    select * from {{ ref('quota_by_sector') }}

),

sectors as (

    select * from {{ ref('sectors') }}

)

select
    reductions.scenario_id,
    sectors.sector_name,
    sectors.is_power_supply,
    sum(reductions.reduction) as reduction,
    sum(reductions.producer_quota) as by_cleaner_production,
    sum(reductions.demand_effect) as by_smaller_demand,
    sum(reductions.reduction)
    / nullif(
        sum(sum(reductions.reduction)) over (
            partition by reductions.scenario_id
        ),
        0
    ) as share_of_the_scenario
from reductions
inner join scope using (year, stressor_id)
inner join sectors using (sector_id)
group by 1, 2, 3
order by
    reductions.scenario_id asc,
    sum(reductions.reduction) desc,
    sectors.sector_name asc
