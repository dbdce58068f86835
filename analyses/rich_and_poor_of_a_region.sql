{# What do rich and poor people of one region cause? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

group_footprints as (

    select * from {{ ref('household_group_footprints') }}

)

select
    scope.region_name as region,
    group_footprints.group_name,
    group_footprints.population,
    group_footprints.income,
    group_footprints.spending_per_capita,
    group_footprints.emissions_per_capita,
    group_footprints.emissions,
    group_footprints.direct_emissions,
    group_footprints.share_of_region,
    group_footprints.unit,
    case
        when group_footprints.group_id is null
            then
                'no groups: the dataset has no household_groups of '
                || scope.region_name || ' in ' || cast(scope.year as varchar)
    end as not_answered
from scope
left join group_footprints using (year, stressor_id, region_id)
order by group_footprints.group_rank, group_footprints.group_id
