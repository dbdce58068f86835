select
    measure,
    decile,
    amount_share,
    10 * amount_share as times_the_mean
from inequality_deciles
where year = $year and stressor_id = $stressor
order by measure, decile
