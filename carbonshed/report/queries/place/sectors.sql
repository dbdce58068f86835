select
    sector_id,
    sector_name
from sectors
order by sector_position
