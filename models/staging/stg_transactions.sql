select
    cells.year,
    cells.origin_id,
    cells.destination_id,
    cells.value * dataset.currency_unit as amount
from {{ source('ingested', 'transactions') }} as cells
cross join {{ source('ingested', 'dataset') }} as dataset
