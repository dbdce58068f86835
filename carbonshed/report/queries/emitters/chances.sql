select
    region_id,
    region_name,
    footprint_rank,
    rank_p05,
    rank_p95,
    probability_super_emitter
from footprint_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and footprint_rank is not null
order by footprint_rank, region_id
