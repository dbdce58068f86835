select
    region_id,
    rank_p05,
    rank_p95,
    per_capita_rank_p05,
    per_capita_rank_p95
from rank_uncertainty
where year = $year and stressor_id = $stressor
order by region_id
