{# How unequal are regions, and are footprints more equal than GDP? #}

with

scope as (

    {{ analysis_scope() }}

),

indices as (

    select * from {{ ref('inequality_indices') }}

)

select
    indices.measure,
    indices.gini,
    indices.palma_ratio,
    indices.top10_share,
    indices.bottom50_share,
    indices.theil_t,
    {{ safe_divide('indices.theil_t_between', 'indices.theil_t') }}
        as theil_share_between_parents,
    indices.concentration_index,
    indices.kakwani_index
from indices
inner join scope using (year, stressor_id)
order by indices.measure
