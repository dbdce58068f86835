{# Which ranked region stands out: the largest footprint, in all and per person,
   and the largest change of that; docs/methods.md, Findings. #}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

leaders as (

    select * from {{ ref('int_leading_regions') }}

),

changes as (

    select * from {{ ref('int_changes_per_person') }}

),

ranges as (

    select * from {{ ref('compiled_ranges') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

-- whose rank is high in every variant of a compiled table; nobody is among one
steady as (

    select
        year,
        stressor_id,
        min_by(region_id, row(rank_worst, region_id))
            as steady_largest_region_id,
        greatest(min(rank_worst), 2) as steady_largest_rank,
        min_by(region_id, row(per_capita_rank_worst, region_id))
            as steady_per_person_region_id,
        greatest(min(per_capita_rank_worst), 2) as steady_per_person_rank
    from ranges
    group by 1, 2

),

moved as (

    select
        ranges.year,
        ranges.stressor_id,
        avg(
            case when ranges.rank_best < ranges.rank_worst then 1e0 else 0e0 end
        ) as moving_share,
        max(
            1 - {{ safe_divide(
                'ranges.footprint_lowest', 'accounts.consumption_footprint'
            ) }}
        ) as largest_fall,
        max(
            {{ safe_divide(
                'ranges.footprint_highest', 'accounts.consumption_footprint'
            ) }} - 1
        ) as largest_rise
    from ranges
    inner join accounts using (year, stressor_id, region_id)
    where accounts.is_ranked and accounts.consumption_footprint > 0
    group by 1, 2

),

changed as (

    select
        year,
        stressor_id,
        first_year,
        bool_and(is_of_one_extent) as is_of_one_extent,
        count(change_factor) as changed_regions,
        nullif(count(*) - count(change_factor), 0) as unchanged_regions,
        count(*) filter (where {{ exceeds('change_factor', '1') }})
            as risen_regions,
        {{ safe_divide('sum(earlier_footprint)', 'sum(earlier_population)') }}
            as earlier_mean,
        {{ safe_divide('sum(later_footprint)', 'sum(later_population)') }}
            as later_mean
    from changes
    group by 1, 2, 3

),

figures as (

    select
        terms.*,
        changed.* exclude (year, stressor_id),
        steady.* exclude (year, stressor_id),
        moved.* exclude (year, stressor_id),
        {% for contest in [
            'largest', 'per_person', 'least_per_person', 'change'
        ] %}
            {{ contest }}.region_id as {{ contest }}_region_id,
            {{ contest }}.amount as {{ contest }}_amount,
            {{ contest }}.equals as {{ contest }}_equals,
            {{ contest }}.contestants as {{ contest }}_of,
            {{ contest }}.agrees_with_published as {{ contest }}_agrees,
            {{ contest }}.is_first_licensed as is_{{ contest }}_first,
            not {{ contest }}.is_first_licensed as is_{{ contest }}_later,
            {{ contest }}.first_region_id as {{ contest }}_first_region_id,
            {{ contest }}.first_amount as {{ contest }}_first_amount,
            {{ contest }}.first_published as {{ contest }}_first_published,
        {% endfor %}
        {{ safe_divide('per_person.first_published', 'firsts.population') }}
            as per_person_first_published_each,
        least_ranges.per_capita_rank_best as least_rank_best,
        emitters.production_emissions as emitted_there,
        of_change.earlier_per_person,
        of_change.later_per_person,
        abs(change.amount - 1) as change_size
    from terms
    left join steady using (year, stressor_id)
    left join moved using (year, stressor_id)
    left join changed using (year, stressor_id)
    {% for contest in [
        'largest', 'per_person', 'least_per_person', 'change'
    ] %}
        left join leaders as {{ contest }}
            on
                terms.year = {{ contest }}.year
                and terms.stressor_id = {{ contest }}.stressor_id
                and {{ contest }}.contest = '{{ contest }}'
    {% endfor %}
    left join accounts as emitters
        on
            largest.year = emitters.year
            and largest.stressor_id = emitters.stressor_id
            and largest.region_id = emitters.region_id
    left join accounts as firsts
        on
            per_person.year = firsts.year
            and per_person.stressor_id = firsts.stressor_id
            and per_person.first_region_id = firsts.region_id
    left join ranges as least_ranges
        on
            least_per_person.year = least_ranges.year
            and least_per_person.stressor_id = least_ranges.stressor_id
            and least_per_person.region_id = least_ranges.region_id
    left join changes as of_change
        on
            change.year = of_change.year
            and change.stressor_id = of_change.stressor_id
            and change.region_id = of_change.region_id
    where terms.ranked_regions is not null

),

clauses as (

    select
        *,
        -- said only of one that is, and that nothing contradicts
        least_per_person_equals = 1
        and is_least_per_person_first
        and per_person_amount > 0
        and coalesce(least_rank_best = ranked_regions, true) as is_least_known,
        change_equals = 1 as is_change_largest,
        {{ count_in_words('steady_largest_rank') }} as steady_largest_count,
        {{ count_in_words('steady_per_person_rank') }}
            as steady_per_person_count
    from figures

),

told as (

    select
        *,
        to_json(clauses) as facts
    from clauses

),

int_findings_places as (

    {% for contest, finding_id, unit in [
        ('largest', 'largest_footprint', 't'),
        ('per_person', 'per_person', 't per person'),
    ] %}
        select
            year,
            stressor_id,
            facts,
            '{{ finding_id }}' as finding_id,
            {{ loop.index + 5 }} as finding_position,
            case
                when ranked_regions = 1 then '{{ finding_id }}_only'
                when {{ contest }}_region_id is null
                    then '{{ finding_id }}_contradicted'
                when {{ contest }}_amount <= 0 then 'largest_footprint_none'
                when {{ contest }}_equals = ranked_regions
                    then '{{ finding_id }}_equal'
                when {{ contest }}_equals > 1 then '{{ finding_id }}_shared'
                when is_{{ contest }}_later then '{{ finding_id }}_agreeing'
                else '{{ finding_id }}'
            end as text_id,
            case
                when
                    steady_{{ contest }}_rank <= 5
                    and 2 * steady_{{ contest }}_rank <= ranked_regions
                    then '{{ finding_id }}_among'
            end as varied_id,
            [steady_{{ contest }}_region_id] as varied_subject_ids,
            {{ contest }}_amount as value,
            '{{ unit }}' as unit,
            case
                when {{ contest }}_equals = 1 then [{{ contest }}_region_id]
            end as subject_ids,
            {{ contest }}_agrees as agrees_with_published,
            cast(null as integer) as support_regions,
            ranked_regions > 1 as is_claim
        from told

        union all
    {% endfor %}

    select
        year,
        stressor_id,
        facts,
        'change_per_person' as finding_id,
        8 as finding_position,
        case
            when first_year is null then null
            when not is_of_one_extent then 'change_per_person_extents'
            when changed_regions = 0 then 'change_per_person_none'
            when change_region_id is null then 'change_per_person_contradicted'
            when change_size < 0.01 then 'change_per_person_same'
            when change_amount > 1 then 'change_per_person_risen'
            else 'change_per_person_fallen'
        end as text_id,
        null as varied_id,
        null as varied_subject_ids,
        case when is_of_one_extent then change_amount - 1 end as value,
        'share' as unit,
        case when change_size >= 0.01 then [change_region_id] end
            as subject_ids,
        change_agrees as agrees_with_published,
        null as support_regions,
        ranked_regions > 1 as is_claim
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'compiled_ranks' as finding_id,
        20 as finding_position,
        case
            when not is_compiled then null
            when moving_share is null then 'compiled_ranks_unknown'
            else 'compiled_ranks'
        end as text_id,
        null as varied_id,
        null as varied_subject_ids,
        moving_share as value,
        'share' as unit,
        null as subject_ids,
        null as agrees_with_published,
        null as support_regions,
        false as is_claim
    from told

)

select * from int_findings_places
where text_id is not null
