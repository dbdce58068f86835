select
    sales.year,
    sales.region_sector_id,
    sales.value * dataset.currency_unit as amount,
    sales.absolute * dataset.currency_unit as absolute_amount
from {{ source('ingested', 'intermediate_sales') }} as sales
cross join {{ source('ingested', 'dataset') }} as dataset
