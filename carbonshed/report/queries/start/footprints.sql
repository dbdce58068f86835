select
    region_id,
    region_name,
    consumption_footprint,
    footprint_per_capita
from footprint_rankings
where
    year = $year
    and stressor_id = $stressor
order by footprint_per_capita_rank, region_id
