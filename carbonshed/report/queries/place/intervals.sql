select
    region_id,
    rank_p05,
    rank_p95,
    per_capita_rank_p05,
    per_capita_rank_p95
from footprint_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and footprint_rank is not null
order by region_id
