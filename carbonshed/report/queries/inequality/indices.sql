-- groups of people inside regions have no parent of their own, and no GDP
with

indices as (

    select
        year,
        stressor_id,
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

    union all by name

    select
        year,
        stressor_id,
        'household_groups' as measure,
        gini_groups as gini,
        theil_t,
        palma_ratio,
        top10_share,
        bottom50_share
    from household_inequality

)

select * exclude (year, stressor_id)
from indices
where
    year = $year
    and stressor_id = $stressor
order by measure
