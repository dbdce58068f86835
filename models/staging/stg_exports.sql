select
    exports.year,
    exports.region_sector_id,
    exports.value * dataset.currency_unit as amount
from {{ source('ingested', 'exports') }} as exports
cross join {{ source('ingested', 'dataset') }} as dataset
