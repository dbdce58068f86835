{# What is emitted inside each region, and elsewhere for its electricity and
   all else? #}

with

scope as (

    {{ analysis_scope() }}

),

three_scopes as (

    select * from {{ ref('three_scopes') }}

),

regions as (

    select * from {{ ref('regions') }}

)

select
    three_scopes.region_name,
    three_scopes.scope_1,
    three_scopes.scope_2,
    three_scopes.scope_3,
    three_scopes.three_scope_total,
    three_scopes.scope_1_per_capita,
    three_scopes.three_scope_per_capita,
    three_scopes.scope_3_with_imports,
    three_scopes.grid_electricity,
    three_scopes.scope_note
from three_scopes
inner join scope
    on
        three_scopes.year = scope.year
        and three_scopes.stressor_id = scope.stressor_id
inner join regions on three_scopes.region_id = regions.region_id
where regions.is_ranked
order by
    three_scopes.three_scope_total desc nulls last,
    three_scopes.region_id asc
