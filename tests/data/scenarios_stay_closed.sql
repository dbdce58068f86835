{# Under a scenario too everything that is emitted is in somebody's footprint,
   in exports, or was unattributed and stays so. #}

with

quotas as (

    select * from {{ ref('quota_by_region') }}

),

flows as (

    select * from {{ ref('int_scenario_flows') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

unattributed as (

    select
        year,
        stressor_id,
        sum(unattributed_emissions) as emissions
    from accounts
    group by 1, 2

),

exports as (

    select
        year,
        stressor_id,
        scenario_id,
        sum(emissions_after) as emissions
    from flows
    where destination_region_id = 'EXPORT'
    group by 1, 2, 3

),

sums as (

    select
        year,
        stressor_id,
        scenario_id,
        sum(production_before) as production_before,
        sum(production_after) as production_after,
        sum(footprint_after) as footprint_after
    from quotas
    group by 1, 2, 3

)

select
    sums.*,
    exports.emissions as exported,
    unattributed.emissions as unattributed
from sums
inner join unattributed using (year, stressor_id)
left join exports using (year, stressor_id, scenario_id)
where
    not coalesce(
        abs(
            sums.production_after
            - sums.footprint_after
            - coalesce(exports.emissions, 0)
            - unattributed.emissions
        )
        <= cast(1e-9 as double) * abs(sums.production_before),
        false
    )
