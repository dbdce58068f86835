select
    flows.origin_region_id,
    flows.origin_region_name as origin,
    flows.destination_region_id,
    flows.destination_region_name as destination,
    flows.net_flow,
    flows.gross_flow,
    flows.reverse_flow,
    flows.value_added_flow,
    flows.is_poor_to_rich
from leakage_flows as flows
where
    flows.year = $year
    and flows.stressor_id = $stressor
    and flows.net_flow > 0
order by flows.net_flow desc, 1, 3
limit 200
