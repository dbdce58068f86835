{# How unequal are regions, and is carbon more unequal than income?

   One row per measure: Gini, how much of the Theil index lies between parent
   regions, the Palma ratio, and, against the order of GDP per person, the
   concentration and the Kakwani index: below 0, the measure is less concentrated
   among the rich than GDP is.

   Run it as docs/questions.md says.
   Another year or stressor: --vars '{dataset: NAME, year: 2011}'. #}

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
