{# What does the study say, chapter by chapter, and what does this dataset
   say? #}

with

scope as (

    {{ analysis_scope() }}

),

headline_rows as (

    select
        headlines.*,
        case
            when headlines.headline_position <= 1 then 1
            when headlines.headline_position <= 3 then 2
            when headlines.headline_position <= 6 then 3
            when headlines.headline_position <= 7 then 4
            when headlines.headline_position <= 9 then 5
            else 6
        end as chapter
    from {{ ref('headlines') }} as headlines
    inner join scope using (year, stressor_id)

),

chapters (chapter, title) as (

    values
    (1, 'What is modelled'),
    (2, 'Unequal footprints'),
    (3, 'Carried by supply chains'),
    (4, 'A few super-emitters'),
    (5, 'What their pathways avoid'),
    (6, 'What that means for the others')

),

rankings as (

    select rankings.*
    from {{ ref('footprint_rankings') }} as rankings
    inner join scope using (year, stressor_id)

),

inequality as (

    select indices.*
    from {{ ref('inequality_indices') }} as indices
    inner join scope using (year, stressor_id)

),

leakage as (

    select leakage_shares.*
    from {{ ref('leakage_summary') }} as leakage_shares
    inner join scope using (year, stressor_id)

),

super_emitters as (

    select
        emitters.*,
        typology.affluence,
        typology.industry_type,
        typology.supply_chain_role
    from {{ ref('super_emitters') }} as emitters
    inner join {{ ref('mitigation_typology') }} as typology
        using (year, stressor_id, region_id)
    inner join scope using (year, stressor_id)
    where emitters.is_default_rule

),

quotas as (

    select quotas.*
    from {{ ref('quota_by_region') }} as quotas
    inner join scope using (year, stressor_id)

),

sensitivity as (

    select grid.*
    from {{ ref('quota_by_choice') }} as grid
    inner join scope using (year, stressor_id)

),

standards as (

    select
        outcomes.*,
        dataset.currency
    from {{ ref('living_standards') }} as outcomes
    cross join {{ ref('dataset') }} as dataset
    inner join {{ ref('quota_summary') }} as summaries
        using (year, stressor_id, scenario_id)
    inner join scope using (year, stressor_id)
    where summaries.is_largest

),

story (chapter, place, what, paper, dataset, unit, comparable) as (

    select
        chapter,
        headline_position as place,
        statement as what,
        seed_value as paper,
        computed_value as dataset,
        unit,
        comparable
    from headline_rows

    union all

    select
        2,
        101,
        'Largest footprint per person: ' || region_name,
        null,
        footprint_per_capita,
        't per person',
        null
    from rankings
    where footprint_per_capita_rank = 1

    union all

    select
        2,
        102,
        'Gini index of ' || measure,
        null,
        gini,
        'index',
        null
    from inequality

    union all

    select
        3,
        101,
        'Of flows between regions whose direction is known, from poor to rich',
        null,
        poor_to_rich_share,
        'share',
        null
    from leakage

    union all

    select
        4,
        101,
        'Their share of the footprint',
        null,
        sum(case when is_selected then measure_value end)
        / nullif(sum(measure_value), 0),
        'share',
        null
    from super_emitters

    union all

    select
        4,
        102,
        'Of affluence ' || coalesce(affluence, 'unknown')
        || ', type ' || coalesce(industry_type, 'none')
        || ', role ' || supply_chain_role || ', pathway ' || pathway_id,
        null,
        cast(count(*) as double),
        'regions',
        null
    from super_emitters
    where is_selected
    group by affluence, industry_type, supply_chain_role, pathway_id

    union all

    select
        5,
        101,
        'Set free by scenario ' || scenario_id,
        null,
        sum(quota),
        't',
        null
    from quotas
    group by scenario_id

    union all

    select
        5,
        102,
        'of it by cleaner producers, scenario ' || scenario_id,
        null,
        sum(producer_quota),
        't',
        null
    from quotas
    group by scenario_id

    union all

    select
        5,
        103,
        'Smallest quota over all choices of the grid',
        null,
        min(quota),
        't',
        null
    from sensitivity

    union all

    select
        5,
        104,
        'Largest quota over all choices of the grid',
        null,
        max(quota),
        't',
        null
    from sensitivity

    union all

    select
        6,
        100,
        'Receivers with more per person than some giver has left: '
        || allocation_rule,
        null,
        receivers_above_givers,
        'regions',
        null
    from standards
    where receivers_above_givers > 0

    -- what does not depend on the allocation, to be read before the incomes
    {% for what, figure, unit in [
        ('Of footprints, explained by the income curve', 'curve_r_squared',
            "'share'"),
        ('Elasticity of footprints to income', 'income_elasticity',
            "'ratio'"),
        ('Mean income of the receivers before, per person', 'income_before',
            'currency'),
        ('Share of their people at the upper-middle threshold before',
            'share_at_threshold_before', "'share'"),
    ] %}
        union all

        select
            6,
            {{ 100 + loop.index }},
            '{{ what }}',
            null,
            max({{ figure }}),
            max({{ unit }}),
            null
        from standards
        where premise = 'holds'
        having count(*) > 0
    {% endfor %}

    {% for what, figure, unit in [
        ('Largest factor on an income', 'largest_income_factor', "'ratio'"),
        ('Mean income after, per person', 'income_after', 'currency'),
        ('Share at the threshold after', 'share_at_threshold_after',
            "'share'"),
    ] %}
        union all

        select
            6,
            {{ 110 + loop.index }},
            '{{ what }}: ' || scenario_id || ', ' || allocation_rule,
            null,
            {{ figure }},
            {{ unit }},
            null
        from standards
        where premise = 'holds'
    {% endfor %}

    union all

    select
        6,
        120,
        'No incomes under ' || allocation_rule || ': ' || premise_note,
        null,
        null,
        null,
        null
    from standards
    where premise <> 'holds'

)

select
    chapters.title as chapter,
    story.what,
    story.paper,
    story.dataset,
    story.unit,
    story.comparable,
    headline_rows.reason,
    headline_rows.scope
from story
inner join chapters using (chapter)
left join headline_rows
    on story.place = headline_rows.headline_position
order by
    story.chapter,
    case when story.place > 100 then 1 else 0 end,
    story.place,
    story.what
