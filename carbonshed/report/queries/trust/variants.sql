-- how a compiled table moves with its trade parameters: no row without variants
select
    count(rank_best) as ranked,
    count(*) filter (where rank_best = rank_worst) as same_rank,
    median(rank_worst - rank_best) as middle_places,
    max(rank_worst - rank_best) as most_places,
    median(footprint_highest / footprint_lowest - 1) filter (
        where footprint_lowest > 0
    ) as middle_spread,
    max(footprint_highest / footprint_lowest - 1) filter (
        where footprint_lowest > 0
    ) as largest_spread,
    -- of five: as compiled, and two parameters, each halved and doubled
    count(*) filter (where super_emitter_in = 5) as always_largest,
    count(*) filter (where super_emitter_in between 1 and 4)
        as sometimes_largest
from compiled_ranges
where
    year = $year
    and stressor_id = $stressor
having count(rank_best) > 0
