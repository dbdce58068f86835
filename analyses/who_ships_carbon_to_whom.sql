{# Which pairs of regions trade the most embodied emissions, net of reverse
   flows? #}

with

scope as (

    {{ analysis_scope() }}

),

flows as (

    select * from {{ ref('leakage_flows') }}

)

select
    flows.origin_region_name as emitter,
    flows.destination_region_name as consumer,
    flows.net_flow,
    flows.gross_flow,
    flows.reverse_flow,
    flows.value_added_flow,
    flows.is_poor_to_rich
from flows
inner join scope using (year, stressor_id)
where flows.net_flow > 0
order by
    flows.net_flow desc,
    flows.origin_region_id asc,
    flows.destination_region_id asc
