select
    sector_id,
    is_power_supply
from stg_sectors
order by sector_id
