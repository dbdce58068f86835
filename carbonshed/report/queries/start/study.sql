select
    headline_id,
    computed_value,
    seed_value
from headlines
where
    year = $year
    and stressor_id = $stressor
    and comparable
order by headline_position
