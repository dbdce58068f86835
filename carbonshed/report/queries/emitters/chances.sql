select
    ranks.region_id,
    ranks.region_name,
    ranks.footprint_rank,
    ranks.rank_p05,
    ranks.rank_p95,
    ranks.probability_super_emitter,
    independent.probability_super_emitter as probability_independent
from rank_uncertainty as ranks
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
