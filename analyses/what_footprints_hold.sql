{# What do footprints include here, and what do they exclude? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

dataset as (

    select * from {{ ref('dataset') }}

)

select
    dataset.title,
    scope.year,
    scope.stressor_id,
    stressors.stressor_name,
    account_extents.unit,
    account_extents.scope,
    account_extents.footprints_leave_out,
    account_extents.is_lower_bound,
    scope.region_id,
    scope.region_name,
    dataset.currency,
    dataset.caveat,
    dataset.caveat_note
from scope
inner join account_extents using (year, stressor_id)
inner join stressors using (stressor_id)
cross join dataset
