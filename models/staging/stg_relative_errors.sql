select
    component,
    stressor_id,
    region_id,
    sector_id,
    relative_standard_error
from {{ source('ingested', 'relative_errors') }}
