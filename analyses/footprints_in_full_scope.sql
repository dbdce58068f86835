{# How large are footprints including imports, and how do they compare with the
   world and the United States? #}

with

scope as (

    {{ analysis_scope() }}

),

full_scope as (

    select * from {{ ref('footprints_with_imports') }}
    where is_default_method

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

ranked as (

    select
        full_scope.*,
        rankings.footprint_rank,
        rankings.comparator_year,
        rankings.us_comparator_year
    from full_scope
    inner join rankings using (year, stressor_id, region_id)

)

select
    ranked.full_footprint_rank,
    ranked.footprint_rank as domestic_footprint_rank,
    ranked.region_name,
    ranked.domestic_footprint,
    ranked.imports_in_production,
    ranked.imports_of_final_users,
    ranked.full_footprint,
    {{ safe_divide(
        'ranked.full_footprint - ranked.domestic_footprint',
        'ranked.full_footprint'
    ) }} as share_outside,
    ranked.domestic_footprint_per_capita,
    ranked.full_footprint_per_capita,
    ranked.world_average_ratio,
    ranked.comparator_year,
    ranked.us_ratio,
    ranked.us_comparator_year,
    ranked.world_comparison,
    ranked.method_id,
    case
        when ranked.region_id is null
            then
                'no second scope: of ' || scope.stressor_id || ' in '
                || scope.year || ' no ranked region has a footprint in full '
                || 'scope, which is made where the table has imports, of '
                || 'stressors that are a mass'
    end as not_answered
from scope
left join ranked using (year, stressor_id)
order by ranked.full_footprint_rank asc, ranked.region_id asc
