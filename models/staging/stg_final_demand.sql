select
    final_demand.year,
    final_demand.origin_id,
    final_demand.region_id,
    final_demand.category_id,
    final_demand.value * dataset.currency_unit as amount
from {{ source('ingested', 'final_demand') }} as final_demand
cross join {{ source('ingested', 'dataset') }} as dataset
