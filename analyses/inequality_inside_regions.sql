{# How much of the inequality of household footprints lies inside regions? #}

with

scope as (

    {{ analysis_scope() }}

),

inequality as (

    select * from {{ ref('household_inequality') }}

)

select
    inequality.gini_regions,
    inequality.gini_groups,
    inequality.theil_t,
    inequality.theil_between_parents,
    inequality.theil_between_regions,
    inequality.theil_within_regions,
    inequality.within_share,
    inequality.top10_share,
    inequality.bottom50_share,
    inequality.palma_ratio,
    inequality.regions_without_groups,
    case
        when inequality.year is null
            then
                'no groups: the dataset has no household_groups of '
                || cast(scope.year as varchar) || ', or ' || scope.stressor_id
                || ' is no mass, or households cause nothing of it in all'
    end as not_answered
from scope
left join inequality using (year, stressor_id)
