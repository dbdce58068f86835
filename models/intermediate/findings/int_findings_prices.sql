{# Between whom a carbon price makes a difference, at the price shown first:
   regions, and rich and poor where there are groups of people; docs/methods.md,
   Findings. #}

{{ config(enabled=is_chosen('analyses'), tags=['analyses']) }}

{#- a multiple is written with two digits: a smaller one might be 1.0 times -#}
{%- set telling_factor = 1.05 %}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

prices as (

    select * from {{ ref('carbon_price_summary') }}
    where is_default

),

-- the ends of the line of people, where there are groups of them
tenths as (

    select
        year,
        stressor_id,
        price_id,
        {% for name, tenth, column in [
            ('lowest_burden_spending_share', 1, 'burden_spending_share'),
            ('highest_burden_spending_share', 10, 'burden_spending_share'),
            ('lowest_burden_income_share', 1, 'burden_income_share'),
            ('highest_burden_income_share', 10, 'burden_income_share'),
            ('lowest_regions', 1, 'regions'),
            ('highest_regions', 10, 'regions'),
        ] %}
            max(case when tenth = {{ tenth }} then {{ column }} end)
                as {{ name }},
        {% endfor %}
        least(lowest_regions, highest_regions) as tenth_regions,
        max(sorted_by) as tenths_by,
        {{ safe_divide(
            'lowest_burden_spending_share',
            'highest_burden_spending_share'
        ) }} as lowest_to_highest
    from {{ ref('carbon_price_by_tenth') }}
    group by 1, 2, 3

),

figures as (

    select
        terms.*,
        prices.incidence,
        prices.winners_population_share as winners_share,
        prices.deciding_region_id,
        prices.deciding_region_share,
        prices.poorest_fifth_household_share as poorest_fifth_share,
        prices.richest_fifth_household_share as richest_fifth_share,
        prices.fifth_largest_region_id as fifth_region_id,
        least(prices.poorest_fifth_regions, prices.richest_fifth_regions)
            as fifth_regions,
        prices.fifth_largest_region_share as fifth_largest_share,
        {{ safe_divide(
            'prices.poorest_fifth_household_share',
            'prices.richest_fifth_household_share'
        ) }} as poorest_to_richest,
        tenths.* exclude (year, stressor_id, price_id),
        prices.group_winners_population_share as group_winners_share,
    {% for said, amount in [
        ('price_said', 'prices.price'),
        ('dividend_said', 'prices.household_dividend_per_capita'),
    ] %}
        case
            when {{ amount }} >= 100
                then cast(cast(round({{ amount }}) as bigint) as varchar)
            else
                regexp_replace(
                    cast(cast({{ amount }} as decimal(18, 2)) as varchar),
                    '\.?0+$',
                    ''
                )
        end || ' ' || terms.currency
            as {{ said }}{{ "," if not loop.last }}
    {% endfor %}
    from terms
    inner join prices using (year, stressor_id)
    left join tenths using (year, stressor_id, price_id)

),

clauses as (

    select
        *,
        fifth_regions < 3 or fifth_largest_share > 0.5 as is_of_few,
        fifth_regions = 2 as is_of_two,
        1 / nullif(poorest_to_richest, 0) as richest_to_poorest,
        not is_compiled
        and deciding_region_id is not null as has_deciding_region,
        coalesce(lowest_to_highest > 0, false) as has_tenths,
        case when has_tenths then 1 / lowest_to_highest end
            as highest_to_lowest,
        -- of one region, people are in it anyway
        ranked_regions > 1 and tenth_regions < 3 as are_tenths_of_few,
        -- no sentence compares tenths that few regions make up
        has_tenths and not are_tenths_of_few as has_groups,
        not has_groups as has_no_groups
    from figures

),

told as (

    select
        *,
        to_json(clauses) as facts
    from clauses

),

int_findings_prices as (

    select
        year,
        stressor_id,
        facts,
        'carbon_price' as finding_id,
        22 as finding_position,
        case
            when incidence is null then null
            when is_of_few then 'carbon_price_few'
            when incidence = 'not distinguishable'
                then 'carbon_price_undistinguished'
            when incidence = 'proportional' then 'carbon_price_proportional'
            when
                incidence = 'regressive'
                and poorest_to_richest >= {{ telling_factor }}
                then 'carbon_price_regressive'
            when
                incidence = 'progressive'
                and richest_to_poorest >= {{ telling_factor }}
                then 'carbon_price_progressive'
            -- the fifths between may decide
            else 'carbon_price_mixed'
        end as text_id,
        -- the larger share over the smaller one
        case
            when is_of_few then null
            when incidence = 'progressive' and poorest_to_richest < 1
                then richest_to_poorest
            else poorest_to_richest
        end as value,
        'factor' as unit,
        case when is_of_few then [fifth_region_id] end as subject_ids,
        fifth_regions as support_regions,
        true as is_claim
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'carbon_price_groups' as finding_id,
        23 as finding_position,
        case
            when not has_tenths then null
            when are_tenths_of_few then 'carbon_price_groups_few'
            when lowest_to_highest >= {{ telling_factor }}
                then 'carbon_price_groups_regressive'
            when highest_to_lowest >= {{ telling_factor }}
                then 'carbon_price_groups_progressive'
            else 'carbon_price_groups_even'
        end as text_id,
        -- the larger share over the smaller one
        case
            when not are_tenths_of_few
                then greatest(lowest_to_highest, highest_to_lowest)
        end as value,
        'factor' as unit,
        null as subject_ids,
        tenth_regions as support_regions,
        true as is_claim
    from told

)

select * from int_findings_prices
where text_id is not null
