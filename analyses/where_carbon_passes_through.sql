{# Through which regions does carbon pass on its way to others? #}

with

scope as (

    {{ analysis_scope() }}

),

three_scopes as (

    select * from {{ ref('three_scopes') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

)

select
    three_scopes.region_name,
    three_scopes.passing_through,
    three_scopes.for_own_final_demand,
    accounts.consumption_footprint,
    three_scopes.passing_over_footprint
from three_scopes
inner join scope
    on
        three_scopes.year = scope.year
        and three_scopes.stressor_id = scope.stressor_id
inner join accounts
    on
        three_scopes.year = accounts.year
        and three_scopes.stressor_id = accounts.stressor_id
        and three_scopes.region_id = accounts.region_id
inner join regions on three_scopes.region_id = regions.region_id
where regions.is_ranked
order by
    three_scopes.passing_over_footprint desc nulls last,
    three_scopes.region_id asc
