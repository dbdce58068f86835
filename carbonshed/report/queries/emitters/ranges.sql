select
    ranges.region_id,
    emitters.region_name,
    if(
        ranges.rank_best = ranges.rank_worst,
        format('{:,}', ranges.rank_best),
        format('{:,} to {:,}', ranges.rank_best, ranges.rank_worst)
    ) as rank_range,
    -- as compiled, and with each of two trade parameters halved and doubled
    ranges.super_emitter_in || ' of 5' as super_emitter_range
from compiled_ranges as ranges
inner join super_emitters as emitters using (year, stressor_id, region_id)
where
    ranges.year = $year
    and ranges.stressor_id = $stressor
    and emitters.is_default_rule
    and ranges.super_emitter_in > 0
order by emitters.emitter_rank, 1
