{# Where the emissions of a region end up, by category of final demand;
   docs/methods.md, Accounts. Direct emissions of final users flow nowhere. #}

select
    year,
    stressor_id,
    origin_region_id,
    region_id as destination_region_id,
    category_id,
    emissions,
    unit
from {{ ref('int_embodied_emissions') }}
where region_id <> 'UNATTRIBUTED'
