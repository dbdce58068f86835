{# Through which supply chains does the footprint of one region come? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

paths as (

    select * from {{ ref('supply_paths') }}

)

select
    scope.region_name as consumer,
    paths.path_names,
    paths.tier,
    paths.emissions,
    paths.share as footprint_share,
    paths.path_rank
from scope
inner join paths using (year, stressor_id, region_id)
order by paths.path_rank
