{# A price on emissions by tenths of the people, least income first. People of a
   group are alike, so a group that a cut crosses is in both tenths, in
   proportion; docs/methods.md, Household groups. #}

{{ config(enabled=is_chosen('analyses')) }}

{%- set group = ['year', 'stressor_id', 'price_id'] %}

with

in_line as (

    select * from {{ ref('int_groups_by_income') }}

),

tenths as (

    select cast(unnest(range(1, 11)) as integer) as tenth

),

accumulated as (

    select
        *,
        {{ running_total('population', group, 'rank_order') }}
            as cumulative_population,
        sum(population) over (partition by {{ group | join(', ') }})
            as total_population
    from in_line

),

-- the people whom a group and a tenth share
shared_people as (

    select
        accumulated.*,
        tenths.tenth,
        least(
            tenths.tenth * total_population / 10,
            cumulative_population
        )
        - greatest(
            (tenths.tenth - 1) * total_population / 10,
            cumulative_population - population
        ) as people
    from accumulated
    cross join tenths

),

parts as (

    select
        *,
        people / population as part
    from shared_people
    where people > 0

),

carbon_price_by_tenth as (

    select
        year,
        stressor_id,
        price_id,
        tenth,
        sum(people) as population,
        case
            when sum(spending * part) > 0
                then sum(burden * part) / sum(spending * part)
        end as burden_spending_share,
        case
            when sum(income * part) > 0
                then sum(burden * part) / sum(income * part)
        end as burden_income_share,
        sum(net_gain * part) / sum(people) as net_gain_per_capita,
        sum(case when gains then people else 0 end) / sum(people)
            as winners_share,
        max(sorted_by) as sorted_by,
        cast(count(distinct region_id) as integer) as regions,
        max(unit) as unit
    from parts
    group by 1, 2, 3, 4

)

select * from carbon_price_by_tenth
