select
    region_id,
    rank_p05,
    rank_p95,
    footprint_p05,
    footprint_p95
from footprint_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and footprint_rank is not null
order by footprint_rank, region_id
