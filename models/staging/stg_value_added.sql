select
    value_added.year,
    value_added.region_sector_id,
    value_added.component_id,
    value_added.value * dataset.currency_unit as amount
from {{ source('ingested', 'value_added') }} as value_added
cross join {{ source('ingested', 'dataset') }} as dataset
