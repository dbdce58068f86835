{# Are all emissions accounted for, and to whom are they attributed? #}

with

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

stressors as (

    select * from {{ ref('stressors') }}

)

select
    year,
    stressor_id,
    emissions_in,
    stressors.unit,
    {{ safe_divide('attributed_to_consumption', 'emissions_in') }}
        as consumption_share,
    {{ safe_divide('attributed_to_exports', 'emissions_in') }} as export_share,
    {{ safe_divide('direct_emissions', 'emissions_in') }} as direct_share,
    {{ safe_divide('unattributed', 'emissions_in') }} as unattributed_share,
    relative_residual,
    is_closed
from reconciliation
inner join stressors using (stressor_id)
order by year, stressor_id
