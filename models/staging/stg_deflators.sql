select
    year,
    sector_id,
    region_id,
    value as price_index
from {{ source('ingested', 'deflators') }}
