{# Fixed capital that sectors with output use up in a year, by the components of
   value added that the seed names; docs/methods.md, Capital as an input. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

value_added as (

    select * from {{ ref('stg_value_added') }}

),

capital_components as (

    select * from {{ ref('capital_components') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

int_capital_consumption as (

    select
        value_added.year,
        value_added.region_sector_id,
        sector_output.region_id,
        sum(value_added.amount) as amount,
        sum(value_added.amount) / any_value(sector_output.output) as per_output
    from value_added
    inner join capital_components using (component_id)
    inner join sector_output using (year, region_sector_id)
    where not sector_output.is_zero_output
    group by 1, 2, 3

)

select * from int_capital_consumption
where amount <> 0
