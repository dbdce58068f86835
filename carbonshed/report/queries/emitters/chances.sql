select
    region_id,
    region_name,
    footprint_rank,
    if(
        rank_p05 = rank_p95,
        format('{:,}', rank_p05),
        format('{:,} to {:,}', rank_p05, rank_p95)
    ) as rank_interval,
    probability_super_emitter
from footprint_uncertainty
where
    year = $year
    and stressor_id = $stressor
    and footprint_rank is not null
    and probability_super_emitter >= 0.05
order by footprint_rank, region_id
