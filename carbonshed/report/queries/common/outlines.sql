select
    region_id,
    outline,
    source,
    licence
from region_outlines
order by region_position
