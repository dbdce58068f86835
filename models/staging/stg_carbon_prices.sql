select
    price_id,
    price,
    region_id,
    sector_id,
    coalesce(covered_share, 1) as covered_share,
    coalesce(covers_direct, false) as covers_direct
from {{ source('ingested', 'carbon_prices') }}
