select
    lorenz_curve.measure,
    lorenz_curve.rank_order,
    lorenz_curve.region_id,
    regions.region_name,
    lorenz_curve.cumulative_population_share,
    lorenz_curve.cumulative_amount_share
from lorenz_curve
inner join regions using (region_id)
where
    lorenz_curve.year = $year
    and lorenz_curve.stressor_id = $stressor
order by 1, 2
