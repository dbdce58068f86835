{# What does the study say, and what does this dataset say? #}

with

scope as (

    {{ analysis_scope() }}

),

headlines as (

    select * from {{ ref('headlines') }}

)

select
    headlines.headline_id,
    headlines.statement,
    headlines.seed_value as paper,
    headlines.computed_value as dataset,
    headlines.unit,
    headlines.comparable,
    headlines.reason,
    headlines.scope,
    headlines.year,
    headlines.stressor_id
from headlines
inner join scope using (year, stressor_id)
order by headlines.headline_position
