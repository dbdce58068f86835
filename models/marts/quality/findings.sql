{# What a table says, in sentences made of its own numbers, each with the tests
   that it has passed; docs/methods.md, Findings. The topics, int_findings_..., choose
   which sentence is true; its wording is in the seed texts: of a finding under
   its text_id, of its headline under that with `spoken_` before it. #}

{%- set last_cut = 3 %}
{%- set topics = [
    'accounts', 'totals', 'places', 'inequality', 'trade', 'emitters',
    'scenarios',
] %}
{%- if is_chosen('analyses') %}
    {%- set topics = topics + ['chains', 'prices'] %}
{%- endif %}

with

topics as (

    {% for topic in topics %}
        select * from {{ ref('int_findings_' ~ topic) }}
        {% if not loop.last %}
            union all by name
        {% endif %}
    {% endfor %}

),

terms as (

    select * from {{ ref('int_finding_terms') }}

),

-- before all cuts, the longest names stand beside the gas
names as (

    select * from {{ ref('int_spoken_names') }}

    union all

    select * replace (cast(0 as integer) as cut)
    from {{ ref('int_spoken_names') }}
    where cut = 1

),

variants as (

    select * from {{ ref('variant_findings') }}

),

claims as (

    select
        * exclude (is_claim),
        coalesce(spoken_id, text_id) as spoken_text_id,
        concat_ws(': ', spoken_text_id, detail) as claim,
        coalesce(is_claim, false) as is_claim
    from topics

),

-- what variants that are built without analyses do not speak of at all, they
-- do not contradict
spoken_of as (

    select distinct finding_id
    from variants

),

counted as (

    select count(distinct variant) as variants
    from variants

),

-- the same finding of each variant of a compiled table
in_variants as (

    select
        claims.year,
        claims.stressor_id,
        claims.finding_id,
        bool_and(
            variants.claim = claims.claim
            and coalesce(variants.subject_ids, [])
            = coalesce(claims.subject_ids, [])
        )
        and count(variants.variant) = any_value(counted.variants)
            as holds_in_variants,
        min(variants.value) as lowest,
        max(variants.value) as highest
    from claims
    inner join spoken_of using (finding_id)
    left join variants using (year, stressor_id, finding_id)
    cross join counted
    where claims.is_claim
    group by 1, 2, 3

),

-- of either sign alike: a sentence says how much, and words say which way
ranged as (

    select
        claims.*,
        in_variants.holds_in_variants,
        abs(claims.value) as amount,
        least(
            abs(claims.value),
            abs(in_variants.lowest),
            abs(in_variants.highest)
        ) as lowest,
        greatest(
            abs(claims.value),
            abs(in_variants.lowest),
            abs(in_variants.highest)
        ) as highest
    from claims
    left join in_variants using (year, stressor_id, finding_id)

),

-- as a headline says it: digits that the variants share, or both ends
scaled as (

    select
        *,
        {% for number in ['amount', 'lowest', 'highest'] %}
            case unit
                when 't' then {{ number_in_words(number, 't') }}
                when 't per person' then {{ number_in_words(number, 'tonnes') }}
                when 'share' then {{ number_in_words(number, 'share') }}
                when 'factor' then {{ number_in_words(number, 'factor') }}
            end as {{ number }}_words,
        {% endfor %}
        case
            when unit in ('t', 't per person') then {{ mass_scale('highest') }}
            else 1e0
        end as scale,
        lowest / scale as lowest_scaled,
        highest / scale as highest_scaled,
        {{ two_digits('lowest_scaled') }} as lowest_digits,
        {{ two_digits('highest_scaled') }} as highest_digits,
        substr(highest_words, instr(highest_words, ' ')) as mass_unit
    from ranged

),

sized as (

    select
        *,
        case
            when lowest_words = highest_words then highest_words
            when unit = 'share' and lowest < 0.005
                then 'up to ' || highest_words
            when unit = 'share' and highest >= 0.995 and highest < 1
                then 'at least ' || lowest_words
            when unit = 'share'
                then replace(lowest_words, ' %', '') || ' to ' || highest_words
            when unit = 'factor' then lowest_words || ' to ' || highest_words
            when lowest_digits = highest_digits then highest_digits || mass_unit
            else lowest_digits || ' to ' || highest_digits || mass_unit
        end as size
    from scaled

),

tested as (

    select
        *,
        contains(size, ' to ') or starts_with(size, 'at least ') as is_range,
        case
            when holds_in_variants is not false then spoken_text_id
            when varied_id is not null then varied_id
            else finding_id || '_varies'
        end as said_id,
        case
            when holds_in_variants = false and varied_id is not null
                then 'proof_among'
            when holds_in_variants = false then 'proof_contradicted'
            when is_range then 'proof_range'
        end as proof_id,
        case
            when not is_claim or value is null then null
            when holds_in_variants is null and agrees_with_published is null
                then 'one source'
            when holds_in_variants = false and varied_id is null then null
            when holds_in_variants = false or is_range
                then 'holds within a range'
            else 'holds'
        end as grade,
        case
            when grade = 'one source' then 'one_source'
            when starts_with(said_id, 'premise_') then null
            when holds_in_variants = false and varied_id is null then 'varies'
            -- who is among the first is so in all
            when holds_in_variants = false then 'variants'
            when is_range then 'range'
            when holds_in_variants then 'variants'
        end as variants_id,
        case
            when agrees_with_published then 'published'
            when not agrees_with_published then 'contradicted'
        end as published_id
    from sized

),

-- every region that a finding names, under the beginning of its column
roles as (

    select
        year,
        stressor_id,
        finding_id,
        facts,
        unnest(
            list_filter(
                json_keys(facts), fact -> suffix(fact, '_region_id')
            )
        ) as region_column
    from tested

),

names_of_roles as (

    select
        roles.year,
        roles.stressor_id,
        roles.finding_id,
        names.cut,
        unnest([
            {% for ending, column in [
                ('name', 'the_name'),
                ('name_first', 'the_name_first'),
                ('said', 'short_name'),
                ('said_first', 'short_name_first'),
            ] %}
                {
                    'key': replace(
                        roles.region_column, '_region_id', '_{{ ending }}'
                    ),
                    'name': names.{{ column }}
                }{{ "," if not loop.last }}
            {% endfor %}
        ]) as named
    from roles
    inner join names on roles.facts ->> roles.region_column = names.region_id

),

named as (

    select
        year,
        stressor_id,
        finding_id,
        cut,
        json_group_object(named['key'], named['name']) as names_by_column
    from names_of_roles
    group by 1, 2, 3, 4

),

cuts as (

    select distinct cut
    from names

),

-- where even the shortest names do not fit, a range has a dash, and less than
-- is under
told as (

    select
        tested.*,
        cuts.cut,
        tested.facts ->> 'gas_said' as gas_said,
        json_merge_patch(
            tested.facts,
            coalesce(named.names_by_column, '{}'),
            json_object(
                'tables',
                {{ count_in_words('(counted.variants + 1)') }},
                'size',
                case
                    when cuts.cut = {{ last_cut }}
                        then regexp_replace(
                            replace(tested.size, 'less than', 'under'),
                            '(\d) to (\d)',
                            '\1–\2'
                        )
                    when
                        cuts.cut = 0
                        and tested.unit in ('t', 't per person')
                        then tested.size || ' of ' || gas_said
                    else tested.size
                end,
                'gas_said',
                case when cuts.cut = 0 then gas_said end,
                'is_gas_unsaid',
                cuts.cut > 0
            )
        ) as telling
    from tested
    cross join counted
    cross join cuts
    left join named using (year, stressor_id, finding_id, cut)
    where cuts.cut > 0 or gas_said is not null

),

sentences as (

    select
        told.year,
        told.stressor_id,
        told.finding_id,
        told.cut,
        {{ sentence("'spoken_' || told.said_id", 'told.telling') }} as words,
        case when told.holds_in_variants = false then {{ sentence(
            "'spoken_varies'", 'told.telling'
        ) }} end as varied_words,
        {{ sentence('told.text_id', 'told.telling') }} as finding,
        {{ sentence('told.proof_id', 'told.telling') }} as proof,
        {{ sentence("'licence_' || told.variants_id", 'told.telling') }}
            as of_variants,
        {{ sentence("'licence_' || told.published_id", 'told.telling') }}
            as of_published
    from told

),

worded as (

    select
        * exclude (words, varied_words),
        coalesce(words, varied_words) as words
    from sentences

),

-- with the longest names that a headline has room for
headlines as (

    select
        year,
        stressor_id,
        finding_id,
        min_by(
            words,
            row(
                length(words) > 90 or len(string_split(words, ' ')) > 14, cut
            )
        ) as words,
        min_by(finding || coalesce(' ' || proof, ''), cut) as finding,
        nullif(max(concat_ws('; ', of_variants, of_published)), '') as licence
    from worded
    group by 1, 2, 3

),

findings as (

    select
        tested.year,
        tested.stressor_id,
        tested.finding_id,
        cast(tested.finding_position as integer) as finding_position,
        -- a number may begin with a word, and a name stays as it is
        case
            when regexp_matches(headlines.words, '^(less|more|at|up) ')
                then
                    upper(left(headlines.words, 1))
                    || substr(headlines.words, 2)
            else headlines.words
        end as headline,
        headlines.finding,
        case
            when tested.holds_in_variants is not false then tested.value
        end as value,
        tested.unit,
        terms.extent,
        tested.holds_in_variants,
        tested.agrees_with_published,
        cast(tested.support_regions as integer) as support_regions,
        tested.grade,
        headlines.licence,
        tested.claim,
        case
            when tested.holds_in_variants is not false then tested.subject_ids
            when tested.varied_id is not null then tested.varied_subject_ids
        end as subject_ids
    from tested
    inner join headlines using (year, stressor_id, finding_id)
    inner join terms using (year, stressor_id)
    where headlines.finding is not null

)

select * from findings
