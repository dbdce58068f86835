{# Who the largest emitters are, by the rule in use; docs/methods.md,
   Findings. #}

{#- a multiple is written with two digits: a smaller one might be 1.0 times -#}
{%- set telling_factor = 1.05 %}
{#- a compiled table and its four variants -#}
{%- set tables_of_compiled = 5 %}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

emitters as (

    select * from {{ ref('super_emitters') }}
    where is_default_rule and is_selected

),

ranges as (

    select * from {{ ref('compiled_ranges') }}
    where super_emitter_in is not null

),

comparisons as (

    select * from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

chosen as (

    select
        rankings.year,
        rankings.stressor_id,
        count(emitters.region_id) as super_emitters,
        {{ part_of_whole(
            'sum(case when emitters.region_id is not null then'
            ~ ' rankings.consumption_footprint else 0 end)',
            'sum(rankings.consumption_footprint)'
        ) }} as emitter_footprint_share,
        {{ safe_divide(
            'sum(rankings.population)'
            ~ ' filter (where emitters.region_id is not null)',
            'sum(rankings.population)'
        ) }} as emitter_population_share,
        {{ safe_divide(
            'max(rankings.population)'
            ~ ' filter (where emitters.region_id is not null)',
            'sum(rankings.population)'
            ~ ' filter (where emitters.region_id is not null)'
        ) }} as emitter_largest_share,
        min_by(
            emitters.region_id,
            row(-rankings.footprint_per_capita, emitters.region_id)
        ) filter (where emitters.region_id is not null) as steep_region_id,
        {{ safe_divide(
            'max(rankings.footprint_per_capita)'
            ~ ' filter (where emitters.region_id is not null)',
            'sum(rankings.consumption_footprint) / sum(rankings.population)'
        ) }} as steep_factor
    from rankings
    left join emitters using (year, stressor_id, region_id)
    group by 1, 2

),

-- whether they are the same in every variant of a compiled table
steady as (

    select
        year,
        stressor_id,
        bool_and(super_emitter_in in (0, {{ tables_of_compiled }}))
            as are_same_emitters
    from ranges
    group by 1, 2

),

figures as (

    select
        terms.*,
        chosen.* exclude (year, stressor_id),
        coalesce(steady.are_same_emitters, true) as are_same_emitters,
        case
            when terms.country = 'WLD' and not terms.is_synthetic
                then comparisons.is_inside_interval
        end as steep_agrees
    from terms
    inner join chosen using (year, stressor_id)
    left join steady using (year, stressor_id)
    left join comparisons
        on
            terms.year = comparisons.year
            and terms.stressor_id = comparisons.stressor_id
            and chosen.steep_region_id = comparisons.country_id

),

clauses as (

    select
        *,
        super_emitters = ranked_regions as is_everybody,
        super_emitters = 1 as is_one_emitter,
        super_emitters <> 1 as is_several_emitters,
        super_emitters >= 3
        and emitter_largest_share <= 0.5 as is_group_of_emitters,
        not coalesce({{ exceeds(
            'emitter_footprint_share', 'emitter_population_share'
        ) }}, false) as is_no_more_than_its_share,
        is_no_more_than_its_share
        and super_emitters > 1
        -- variants give no range for one place
        and not is_compiled
        and coalesce(steep_factor >= {{ telling_factor }}, false)
        and coalesce(steep_agrees, true) as is_one_above,
        case
            when super_emitters <= 12 and are_same_emitters
                then {{ count_in_words('super_emitters') }}
            else 'the leading'
        end as emitters_said,
        upper(left(emitters_said, 1)) || substr(emitters_said, 2)
            as emitters_first,
        region_noun_plural_said as emitters_noun
    from figures

),

told as (

    select
        *,
        to_json(clauses) as facts
    from clauses

),

int_findings_emitters as (

    select
        year,
        stressor_id,
        facts,
        'super_emitters' as finding_id,
        17 as finding_position,
        case
            when super_emitters = 0 then 'super_emitters_none'
            when emitter_footprint_share is null then 'no_footprints'
            else 'super_emitters'
        end as text_id,
        case
            when super_emitters = 0 or emitter_footprint_share is null
                then null
            when is_everybody then 'super_emitters_all'
            when is_one_above then 'super_emitters_one'
            when not is_group_of_emitters then 'super_emitters_few'
        end as spoken_id,
        emitter_footprint_share as value,
        'share' as unit,
        case
            when is_one_above and not is_everybody then [steep_region_id]
        end as subject_ids,
        case when is_one_above and not is_everybody then steep_agrees end
            as agrees_with_published,
        cast(nullif(super_emitters, 0) as integer) as support_regions
    from told

)

select
    *,
    true as is_claim
from int_findings_emitters
where text_id is not null
