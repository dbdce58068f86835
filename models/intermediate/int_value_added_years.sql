{# Years that have value added at all: elsewhere what a region earns is unknown,
   not zero. A row of zeros says no more than an absent row. #}

with

value_added as (

    select * from {{ ref('stg_value_added') }}

),

int_value_added_years as (

    select distinct year
    from value_added
    where amount <> 0

)

select * from int_value_added_years
