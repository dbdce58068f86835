select
    measure,
    decile,
    regions,
    population,
    population_share,
    amount,
    amount_share,
    per_capita
from inequality_deciles
where
    year = $year
    and stressor_id = $stressor
order by 1, 2
