with

intermediate_sales as (

    select * from {{ ref('int_intermediate_sales') }}

),

int_years as (

    select distinct year
    from intermediate_sales

)

select * from int_years
