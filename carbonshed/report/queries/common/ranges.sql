select
    region_id,
    region_name,
    rank_best,
    rank_worst,
    per_capita_rank_best,
    per_capita_rank_worst,
    super_emitter_in,
    footprint_lowest,
    footprint_highest
from compiled_ranges
where
    year = $year
    and stressor_id = $stressor
order by rank_best, region_id
