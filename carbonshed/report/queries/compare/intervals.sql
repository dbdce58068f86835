select
    footprint_rank,
    region_id,
    region_name,
    rank_p05,
    rank_p95,
    consumption_footprint,
    footprint_p05,
    footprint_p95
from footprint_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and footprint_rank is not null
order by footprint_rank, region_id
