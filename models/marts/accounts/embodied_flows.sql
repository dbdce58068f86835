{# Where the emissions of a region end up, by category of final demand;
   docs/methods.md, Accounts. Direct emissions of final users flow nowhere. #}

select
    flows.year,
    flows.stressor_id,
    flows.origin_region_id,
    flows.region_id as destination_region_id,
    flows.category_id,
    flows.emissions,
    origins.region_name as origin_region_name,
    destinations.region_name as destination_region_name,
    flows.unit
from {{ ref('int_embodied_emissions') }} as flows
inner join {{ ref('regions') }} as origins
    on flows.origin_region_id = origins.region_id
left join {{ ref('regions') }} as destinations
    on flows.region_id = destinations.region_id
where flows.region_id <> 'UNATTRIBUTED'
