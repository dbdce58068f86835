select
    price_id,
    price,
    region_id,
    sector_id,
    covered_share,
    covers_direct
from {{ source('ingested', 'carbon_prices') }}
