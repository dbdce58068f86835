{# Groups of ranked regions in line, least income per head first; one that is
   unknown leaves the line to what they spend. The tenths and the summary of a
   price on emissions read this; docs/methods.md, Household groups. #}

{{ config(enabled=is_chosen('analyses')) }}

{%- set group = ['year', 'stressor_id', 'price_id'] %}

with

by_group as (

    select * from {{ ref('carbon_price_by_group') }}

),

group_footprints as (

    select * from {{ ref('household_group_footprints') }}

),

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

with_incomes as (

    select
        by_group.year,
        by_group.stressor_id,
        by_group.price_id,
        by_group.region_id,
        by_group.group_id,
        by_group.burden,
        by_group.net_gain,
        {{ exceeds('by_group.household_dividend', 'by_group.burden') }}
            as gains,
        by_group.unit,
        household_groups.population,
        household_groups.income,
        group_footprints.spending,
        count(*) over everybody = count(household_groups.income) over everybody
            as has_incomes
    from by_group
    inner join household_groups using (year, region_id, group_id)
    inner join group_footprints
        using (year, stressor_id, region_id, group_id)
    where household_groups.is_ranked
    window everybody as (
        partition by
            by_group.year, by_group.stressor_id, by_group.price_id
    )

),

int_groups_by_income as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
        group_id,
        population,
        burden,
        net_gain,
        gains,
        spending,
        case when has_incomes then income * population end as income,
        case when has_incomes then 'income' else 'spending' end as sorted_by,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by
                case
                    when has_incomes then income else spending / population
                end,
                region_id,
                group_id
        ) as rank_order,
        unit
    from with_incomes

)

select * from int_groups_by_income
