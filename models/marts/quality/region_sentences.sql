{# What the page of a region begins with: how much, and where it is emitted or
   whom its emissions serve; docs/methods.md, Sentences about regions. Of a
   compiled table, what holds in all variants. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

agreed as (

    select * from {{ ref('int_region_figures') }}

),

terms as (

    select * from {{ ref('int_finding_terms') }}

),

names as (

    select * from {{ ref('int_spoken_names') }}

),

comparisons as (

    select * from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

sized as (

    select
        *,
        {{ mass_scale('highest') }} as scale,
        lowest / scale as lowest_scaled,
        highest / scale as highest_scaled,
        {{ two_digits('lowest_scaled') }} as lowest_digits,
        {{ two_digits('highest_scaled') }} as highest_digits,
        {{ number_in_words('lowest', 't') }} as lowest_words,
        {{ number_in_words('highest', 't') }} as highest_words,
        case
            when lowest_words = highest_words then highest_words
            else
                case
                    when lowest_digits = highest_digits then highest_digits
                    else lowest_digits || ' to ' || highest_digits
                end || substr(highest_words, instr(highest_words, ' '))
        end as amount,
    {% for part in ['elsewhere', 'serving'] %}
        case
            when
                {{ share_in_words('lowest_' ~ part) }}
                = {{ share_in_words('highest_' ~ part) }}
                then {{ share_in_words('highest_' ~ part) }}
            when lowest_{{ part }} < 0.005
                then
                    'up to '
                    || {{ number_in_words('highest_' ~ part, 'share') }}
            else
                replace(
                    {{ number_in_words('lowest_' ~ part, 'share') }},
                    ' %',
                    ''
                )
                || ' to '
                || {{ number_in_words('highest_' ~ part, 'share') }}
        end as {{ part }}{{ "," if not loop.last }}
    {% endfor %}
    from agreed

),

chosen as (

    select
        sized.*,
        accounts.region_name,
        terms.extent_said,
        terms.region_noun_said,
        terms.any_noun_plural_said,
        case
            when highest < 0 or lowest < 0 then 'region_below_zero'
            when highest = 0 then 'region_nothing'
            when lowest_elsewhere is null then 'region_amount'
            when highest_elsewhere = 0 then 'region_all_there'
            else 'region_elsewhere'
        end as text_id,
        highest > 0 and lowest_serving is not null as has_serving,
        {{ count_in_words('sized.estimates') }} as estimates_said,
        case
            when terms.country <> 'WLD' or terms.is_synthetic then null
            when comparisons.is_inside_interval then 'published'
            when not comparisons.is_inside_interval then 'contradicted'
        end as published_id
    from sized
    inner join accounts using (year, stressor_id, region_id)
    inner join terms using (year, stressor_id)
    left join comparisons
        on
            sized.year = comparisons.year
            and sized.stressor_id = comparisons.stressor_id
            and sized.region_id = comparisons.country_id

),

-- ways to say it, the longest first; the last fits always
ways as (

    select
        listed.way,
        listed.text_id,
        listed.is_long,
        listed.has_supplier,
        listed.has_others
    from (
        values
        (1, 'region_serving', true, false, false),
        (2, 'region_serving', false, false, false),
        (3, null, true, true, false),
        (4, null, false, true, false),
        (5, null, false, false, true),
        (6, null, false, false, false),
        (7, 'region_amount', false, false, false)
    ) as listed (way, text_id, is_long, has_supplier, has_others)

),

told as (

    select
        chosen.year,
        chosen.stressor_id,
        chosen.region_id,
        ways.way,
        names.cut,
        ways.is_long,
        coalesce(ways.text_id, chosen.text_id) as text_id,
        -- both ends of an amount, or of the share that it says
        contains(chosen.amount, ' to ')
        or regexp_matches(
            case
                when ways.way < 3 then chosen.serving
                when ways.way < 7 then coalesce(chosen.elsewhere, '')
                else ''
            end,
            '\d'
        ) as is_range,
        {
            'name_first': names.short_name_first,
            'amount': chosen.amount,
            'is_per_person': chosen.is_per_person,
            'extent_said': chosen.extent_said,
            'elsewhere': chosen.elsewhere,
            'serving': chosen.serving,
            'is_long': ways.is_long,
            'is_short': not ways.is_long,
            'supplier':
            case when ways.has_supplier then suppliers.short_name end,
            'is_most_there': chosen.is_most_there,
            'is_largest_there': chosen.is_largest_there,
            'is_largest_ranked_there': chosen.is_largest_ranked_there,
            'region_noun_said': chosen.region_noun_said,
            'any_noun_plural_said': chosen.any_noun_plural_said,
            'has_others': ways.has_others,
            'is_elsewhere': ways.has_supplier,
            'is_from_elsewhere':
            not ways.has_supplier and not ways.has_others
        } as facts
    from chosen
    inner join names using (region_id)
    left join names as suppliers
        on
            chosen.supplier_region_id = suppliers.region_id
            and names.cut = suppliers.cut
    cross join ways
    where
        (names.cut = 1 or not (ways.is_long or ways.has_others))
        and (chosen.has_serving or ways.way > 2)
        and (not chosen.has_serving or ways.way <> 3)
        and (chosen.supplier_region_id is not null or not ways.has_supplier)
        and (chosen.highest > 0 or ways.way = 6)

),

worded as (

    select
        told.year,
        told.stressor_id,
        told.region_id,
        told.way,
        told.cut,
        told.is_long,
        told.is_range,
        {{ sentence('told.text_id', 'told.facts') }} as words
    from told

),

-- the first that a heading has room for
fitting as (

    select
        year,
        stressor_id,
        region_id,
        words as sentence,
        is_range,
        row_number() over (
            partition by year, stressor_id, region_id
            order by
                length(words) > 90
                or (is_long and len(string_split(words, ' ')) > 14),
                way,
                cut
        ) as place
    from worded

),

licensed as (

    select
        chosen.*,
        fitting.sentence,
        case
            when chosen.estimates = 1 and chosen.published_id is null
                then 'one_source'
            when chosen.estimates > 1 and fitting.is_range then 'range'
            when chosen.estimates > 1 then 'variants'
        end as variants_id
    from chosen
    inner join fitting using (year, stressor_id, region_id)
    where fitting.place = 1

),

region_sentences as (

    select
        licensed.year,
        licensed.stressor_id,
        licensed.region_id,
        licensed.region_name,
        licensed.sentence,
        {{ sentence("'region_amount_alone'", 'licensed') }} as amount_in_words,
        concat_ws(
            '; ',
            {{ sentence(
                "'licence_' || licensed.variants_id",
                "{'tables': licensed.estimates_said}"
            ) }},
            {{ sentence("'licence_' || licensed.published_id", 'licensed') }}
        ) as licence
    from licensed

)

select * from region_sentences
