select
    measure,
    gini,
    theil_t,
    theil_t_within,
    theil_t_between,
    palma_ratio,
    top10_share,
    bottom50_share,
    bottom40_share,
    concentration_index,
    kakwani_index
from inequality_indices
where
    year = $year
    and stressor_id = $stressor
order by 1
