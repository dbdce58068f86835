{# Whose cleaner production lowers one region's footprint, and whose lower
   demand its production emissions? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

spillovers as (

    select * from {{ ref('quota_spillovers') }}

),

regions as (

    select * from {{ ref('regions') }}

),

changes as (

    select * from {{ ref('quota_by_region') }}

)

select
    scope.region_name as affected,
    spillovers.scenario_id,
    regions.region_name as acting,
    spillovers.footprint_reduction as footprint_less_by_cleaner_production,
    spillovers.production_reduction as production_less_by_smaller_demand,
    spillovers.is_own,
    changes.footprint_before,
    changes.footprint_after,
    changes.production_before,
    changes.production_after
from spillovers
inner join scope
    on
        spillovers.year = scope.year
        and spillovers.stressor_id = scope.stressor_id
        and spillovers.affected_region_id = scope.region_id
inner join regions
    on spillovers.acting_region_id = regions.region_id
inner join changes
    on
        spillovers.year = changes.year
        and spillovers.stressor_id = changes.stressor_id
        and spillovers.scenario_id = changes.scenario_id
        and spillovers.affected_region_id = changes.region_id
order by
    spillovers.scenario_id asc,
    spillovers.footprint_reduction + spillovers.production_reduction desc,
    regions.region_id asc
