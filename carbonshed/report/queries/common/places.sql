select
    region_id,
    region_name,
    region_type,
    longitude,
    latitude,
    is_ranked
from regions
order by region_position
