{# Whose levers lower the footprint and the production of one region, and by
   how much? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

spillovers as (

    select * from {{ ref('mitigation_spillovers') }}

),

regions as (

    select * from {{ ref('regions') }}

)

select
    scope.region_name as affected,
    spillovers.scenario_id,
    regions.region_name as acting,
    spillovers.footprint_reduction,
    spillovers.production_reduction,
    spillovers.is_own
from spillovers
inner join scope
    on
        spillovers.year = scope.year
        and spillovers.stressor_id = scope.stressor_id
        and spillovers.affected_region_id = scope.region_id
inner join regions
    on spillovers.acting_region_id = regions.region_id
order by
    spillovers.scenario_id asc,
    spillovers.footprint_reduction + spillovers.production_reduction desc,
    regions.region_id asc
