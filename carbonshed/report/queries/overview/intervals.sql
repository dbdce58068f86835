select
    intervals.quantity,
    intervals.value,
    intervals.p05,
    intervals.p95,
    intervals.unit,
    independent.p05 as independent_p05,
    independent.p95 as independent_p95
from headline_uncertainty as intervals
left join headline_uncertainty as independent
    on
        intervals.year = independent.year
        and intervals.stressor_id = independent.stressor_id
        and intervals.quantity = independent.quantity
        and independent.uncertainty_rule = 'independent'
where
    intervals.year = $year
    and intervals.stressor_id = $stressor
    and intervals.is_default_rule
order by intervals.quantity
