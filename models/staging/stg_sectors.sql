select
    sector_id,
    sector_name,
    sector_group,
    sector_position,
    is_power_supply
from {{ source('ingested', 'sectors') }}
