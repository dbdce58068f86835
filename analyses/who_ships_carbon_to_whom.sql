{# Which pairs of regions trade the most embodied emissions, net of reverse
   flows? #}

with

scope as (

    {{ analysis_scope() }}

),

flows as (

    select * from {{ ref('leakage_flows') }}

),

regions as (

    select * from {{ ref('regions') }}

)

select
    origins.region_name as emitter,
    destinations.region_name as consumer,
    flows.net_flow,
    flows.gross_flow,
    flows.reverse_flow,
    flows.value_added_flow,
    flows.is_poor_to_rich
from flows
inner join scope using (year, stressor_id)
inner join regions as origins
    on flows.origin_region_id = origins.region_id
inner join regions as destinations
    on flows.destination_region_id = destinations.region_id
where flows.net_flow > 0
order by
    flows.net_flow desc,
    flows.origin_region_id asc,
    flows.destination_region_id asc
