select
    headline_id,
    statement,
    seed_value,
    computed_value,
    unit,
    scope,
    comparable,
    reason
from headlines
where
    year = $year
    and stressor_id = $stressor
order by headline_position
