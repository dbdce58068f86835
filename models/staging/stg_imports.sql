select
    imports.year,
    imports.region_id,
    imports.sector_id,
    imports.category_id,
    imports.value * dataset.currency_unit as amount
from {{ source('ingested', 'imports') }} as imports
cross join {{ source('ingested', 'dataset') }} as dataset
