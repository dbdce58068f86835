select
    gaps.region_id,
    gaps.sector_id,
    gaps.benchmark_id,
    gaps.direct_intensity > 0 and gaps.benchmark_intensity >= 0 as slides,
    gaps.benchmark_intensity / nullif(gaps.direct_intensity, 0) as ratio
from int_intensity_gaps as gaps
where
    gaps.year = $year
    and gaps.stressor_id = $stressor
    and gaps.excess_intensity > 0
order by 1, 2, 3
