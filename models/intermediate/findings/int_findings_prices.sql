{# Between whom a carbon price makes a difference, at the price shown first;
   docs/methods.md, Findings. #}

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
        case
            when prices.price >= 100
                then cast(cast(round(prices.price) as bigint) as varchar)
            else
                regexp_replace(
                    cast(cast(prices.price as decimal(18, 2)) as varchar),
                    '\.?0+$',
                    ''
                )
        end || ' ' || terms.currency as price_said
    from terms
    inner join prices using (year, stressor_id)
    where prices.incidence is not null

),

clauses as (

    select
        *,
        fifth_regions < 3 or fifth_largest_share > 0.5 as is_of_few,
        fifth_regions = 2 as is_of_two,
        1 / nullif(poorest_to_richest, 0) as richest_to_poorest,
        not is_compiled
        and deciding_region_id is not null as has_deciding_region
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
        21 as finding_position,
        case
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

)

select * from int_findings_prices
where text_id is not null
