with

-- the largest by what they emit for each other
largest as (

    select
        region_id,
        row_number() over (
            order by outflow_emissions + inflow_emissions desc, region_id
        ) as place
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

)

select
    flows.origin_region_id,
    flows.origin_region_name as origin,
    flows.destination_region_id,
    flows.destination_region_name as destination,
    flows.gross_flow,
    emitters.place as origin_place,
    consumers.place as destination_place
from leakage_flows as flows
inner join largest as emitters
    on flows.origin_region_id = emitters.region_id
inner join largest as consumers
    on flows.destination_region_id = consumers.region_id
where
    flows.year = $year
    and flows.stressor_id = $stressor
    and emitters.place <= 24
    and consumers.place <= 24
order by 6, 7
