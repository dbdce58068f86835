select
    ranks.region_id,
    ranks.rank_p05,
    ranks.rank_p95,
    footprints.footprint_p05,
    footprints.footprint_p95
from rank_uncertainty as ranks
inner join footprint_uncertainty as footprints
    using (year, stressor_id, region_id)
where ranks.year = $year and ranks.stressor_id = $stressor
order by ranks.footprint_rank, ranks.region_id
