select
    ranks.region_id,
    ranks.rank_p05,
    ranks.rank_p95,
    independent.rank_p05 as independent_rank_p05,
    independent.rank_p95 as independent_rank_p95,
    footprints.footprint_p05,
    footprints.footprint_p95
from rank_uncertainty as ranks
inner join footprint_uncertainty as footprints
    using (year, stressor_id, uncertainty_rule, region_id)
left join rank_uncertainty as independent
    on
        ranks.year = independent.year
        and ranks.stressor_id = independent.stressor_id
        and ranks.region_id = independent.region_id
        and independent.uncertainty_rule = 'independent'
where
    ranks.year = $year
    and ranks.stressor_id = $stressor
    and ranks.is_default_rule
order by ranks.footprint_rank, ranks.region_id
